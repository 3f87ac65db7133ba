#include "table/text/sample.hpp"

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

bool is_number(std::string_view cell) { return parse_number(cell).kind != NumberKind::kNone; }

}  // namespace tessera::table
