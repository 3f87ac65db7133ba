#include "table/text/sample.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "table/text/delimited.hpp"
#include "table/values/number.hpp"

namespace tessera::table {
std::vector<SampledRecord> sample(const Head& head, const LineStart& start, const Dialect& dialect,
                                  std::size_t most) {
  std::string text = head.text;  // parsing changes it
  std::vector<SampledRecord> records;
  Record record;
  char* at = text.data() + start.at;
  char* const end = text.data() + text.size();
  std::uint64_t line = start.line;
  while (at < end && records.size() < most) {
    at = dialect.is_plain() ? parse_record(at, end, head.whole, dialect.delimiter, record)
                            : parse_wide_record(at, end, head.whole, dialect, record);
    if (at == nullptr) {
      break;
    }
    const std::uint64_t begin_line = line;
    line += record.newlines + 1;
    if (!record.blank && !record.comment) {
      records.push_back({.cells = {record.cells.begin(), record.cells.end()},
                         .line = begin_line,
                         .next = {static_cast<std::size_t>(at - text.data()), line},
                         .unclosed = record.unclosed,
                         .garbled = record.garbled_cell != 0});
    }
  }
  return records;
}

CommonWidth common_width(const std::vector<SampledRecord>& records) {
  std::map<std::size_t, std::size_t> counts;
  for (const SampledRecord& record : records) {
    ++counts[record.cells.size()];
  }
  CommonWidth best;
  for (const auto& [fields, count] : counts) {
    const auto rank = [&](std::size_t width, std::size_t number) {
      return std::tuple(number, width > 1 && width == records[0].cells.size(), width);
    };
    if (rank(fields, count) > rank(best.fields, best.records)) {
      best = {fields, count};
    }
  }
  return best;
}

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Digits in groups of three behind one separator, and decimals behind another; or without groups.
bool is_grouped(std::string_view core) {
  constexpr std::size_t kGroup = 3;
  const auto digits_of = [](std::string_view text) {
    return std::min(text.size(), static_cast<std::size_t>(std::ranges::find_if_not(text, is_digit) -
                                                          text.begin()));
  };
  const std::size_t first = digits_of(core);
  core.remove_prefix(first);
  const char separator = core.empty() ? '\0' : core.front();
  while (first <= kGroup && !core.empty() && core.front() == separator &&
         digits_of(core.substr(1)) == kGroup) {
    core.remove_prefix(1 + kGroup);
  }
  const bool has_decimals = !core.empty() && (core.front() == '.' || core.front() == ',');
  return std::string_view(".,' ").find(separator) != std::string_view::npos
             ? core.empty() || (has_decimals && digits_of(core.substr(1)) + 1 == core.size())
             : separator == '\0';
}

}  // namespace

bool is_amount(std::string_view cell) {
  if (is_number(cell)) {
    return true;
  }
  const auto begin = std::ranges::find_if(cell, is_digit);
  if (begin == cell.end()) {
    return false;
  }
  const std::size_t first = static_cast<std::size_t>(begin - cell.begin());
  const std::size_t last = cell.find_last_of("0123456789");
  const auto may_surround = [](char c) {
    return std::string_view("+-() %$").find(c) != std::string_view::npos || (c & 0x80) != 0;
  };
  return std::ranges::all_of(cell.substr(0, first), may_surround) &&
         std::ranges::all_of(cell.substr(last + 1), may_surround) &&
         is_grouped(cell.substr(first, last + 1 - first));
}

bool is_value(std::string_view cell) {
  return is_number(cell) ||
         (std::ranges::any_of(cell, is_digit) && std::ranges::none_of(cell, is_letter));
}

bool is_number(std::string_view cell) { return parse_number(cell).kind != NumberKind::kNone; }

}  // namespace tessera::table
