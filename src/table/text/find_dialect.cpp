#include "table/text/find_dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include "table/text/layout.hpp"

namespace tessera::table {
namespace {

constexpr char kBackslash = '\\';
constexpr char kHash = '#';

bool are_divided_by_blanks(const std::vector<SampledRecord>& records) {
  if (records.size() < 2) {
    return false;
  }
  const std::size_t first = records[0].cells.size();
  const std::size_t width = records[1].cells.size();
  const auto rows = std::span(records).subspan(1);
  const bool are_equal = std::ranges::all_of(
      rows, [&](const SampledRecord& row) { return row.cells.size() == width; });
  if (width < 2 || !are_equal || (first != width && first + 1 != width)) {
    return false;
  }
  for (std::size_t c = 0; c < width; ++c) {
    if (std::ranges::all_of(rows, [&](const auto& row) { return is_number(row.cells[c]); })) {
      return true;
    }
  }
  return false;
}

char find_delimiter(const Head& head, const LineStart& start, Dialect dialect) {
  char best = '\0';
  std::pair<std::size_t, std::size_t> best_score{0, 0};
  for (const char delimiter : {',', ';', '\t', '|'}) {
    dialect.delimiter = delimiter;
    const CommonWidth width = common_width(sample(head, start, dialect));
    const std::pair score{width.records, width.fields};
    if (width.fields >= 2 && score > best_score) {
      best = delimiter;
      best_score = score;
    }
  }
  dialect.delimiter = ' ';
  const std::vector<SampledRecord> by_blanks = sample(head, start, dialect);
  if (best_score.first < by_blanks.size() && are_divided_by_blanks(by_blanks)) {
    return ' ';
  }
  return best == '\0' ? ',' : best;
}

// Records that are not as most are.
std::size_t wrong_records(const Head& head, const LineStart& start, const Dialect& dialect) {
  const auto records = sample(head, start, dialect, std::numeric_limits<std::size_t>::max());
  const std::size_t width = common_width(records).fields;
  return static_cast<std::size_t>(std::ranges::count_if(records, [&](const SampledRecord& record) {
    return record.unclosed || record.garbled || record.cells.size() != width;
  }));
}

bool has_escaped_quotes(const Head& head, const LineStart& start, Dialect dialect) {
  if (head.text.find("\\\"", start.at) == std::string::npos) {
    return false;
  }
  const std::size_t wrong = wrong_records(head, start, dialect);
  dialect.escape = kBackslash;
  return wrong_records(head, start, dialect) < wrong;
}

struct HashLines {
  LineStart last;  // of them
  LineStart next;  // behind them
};

// The lines at `start` that begin with #, and blank ones among them.
std::optional<HashLines> find_hash_lines(const Head& head, const LineStart& start) {
  std::optional<HashLines> found;
  for (LineStart at = start; at.at < head.text.size();) {
    const LineStart next = behind_lines(head, at, 1);
    const std::string_view line = std::string_view(head.text).substr(at.at, next.at - at.at);
    if (line.front() == kHash) {
      found = {at, next};
    } else if (line.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      return found;
    }
    at = next;
  }
  return std::nullopt;  // nothing else follows
}

bool are_comments(const Head& head, const HashLines& lines, const Dialect& dialect,
                  const std::vector<SampledRecord>& records) {
  const std::vector<SampledRecord> last = sample(head, lines.last, dialect, 1);
  return !records.empty() &&
         (last.empty() || last[0].cells.size() != common_width(records).fields ||
          surely_starts_with_header(records));
}

// Whether none of the records that begin with # can be a row.
bool may_have_comments(const std::vector<SampledRecord>& records) {
  const std::size_t width = common_width(records).fields;
  return std::ranges::none_of(records, [&](const SampledRecord& record) {
    return record.cells.size() == width && record.cells[0].starts_with(kHash) && !record.unclosed &&
           !record.garbled;
  });
}

}  // namespace

Dialect find_dialect(const Head& head, const ReadOptions& options, std::optional<char> delimiter,
                     LineStart& start, std::vector<std::string>& notes) {
  Dialect dialect{.delimiter = ',',
                  .escape = escape_of(options).value_or('\0'),
                  .comment = comment_of(options).value_or('\0')};
  const bool looks_for_comments = !comment_of(options) && !skip_lines_of(options);
  const auto lines = looks_for_comments ? find_hash_lines(head, start) : std::nullopt;
  const LineStart behind = lines ? lines->next : start;
  const std::optional<char> stated = delimiter_of(options);
  dialect.delimiter = stated      ? *stated
                      : delimiter ? *delimiter
                                  : find_delimiter(head, behind, dialect);
  if (!escape_of(options) && has_escaped_quotes(head, behind, dialect)) {
    dialect.escape = kBackslash;
    notes.emplace_back(
        "a backslash before a quote was taken as its escape; if it is not, state that there is "
        "none");
  }
  if (!lines) {
    return dialect;
  }
  const std::vector<SampledRecord> records = sample(head, behind, dialect);
  if (are_comments(head, *lines, dialect, records)) {
    const bool everywhere = may_have_comments(records);
    dialect.comment = everywhere ? kHash : '\0';
    notes.push_back(fmt::format(
        "{} begin with # were taken for comments; if they are data, state that there are none",
        everywhere ? "lines that" : fmt::format("the lines above line {}, which", behind.line)));
    start = behind;
  }
  return dialect;
}

}  // namespace tessera::table
