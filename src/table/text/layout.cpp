#include "table/text/layout.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace tessera::table {
namespace {

using Records = std::span<const SampledRecord>;

constexpr std::size_t kRows = 2;  // by one alone a column is not known
constexpr std::size_t kWide = 3;  // columns, of which one or none filled is not chance

std::size_t known_cells(const SampledRecord& record) {
  return static_cast<std::size_t>(
      std::ranges::count_if(record.cells, [](const auto& cell) { return !cell.empty(); }));
}

bool has_value(const SampledRecord& record, std::size_t c) {
  return c < record.cells.size() && is_value(record.cells[c]);
}

bool has_word(const SampledRecord& record, std::size_t c) {
  return c < record.cells.size() && !record.cells[c].empty() && !is_value(record.cells[c]);
}

bool is_missing(const std::string& cell, const ReadOptions& options) {
  return cell.empty() || std::ranges::find(options.missing, cell) != options.missing.end();
}

// A number in the first record stands above a number.
bool starts_with_row(Records records) {
  if (records.size() < 2) {
    return false;
  }
  const std::size_t columns = std::min(records[0].cells.size(), records[1].cells.size());
  for (std::size_t c = 0; c < columns; ++c) {
    if (is_amount(records[0].cells[c]) && is_amount(records[1].cells[c])) {
      return true;
    }
  }
  return false;
}

// Blank lines follow the first record.
bool stands_apart(Records records) {
  return records.size() > 1 && records[1].line > records[0].next.line;
}

// Whether all cells of a column that are not missing are values, and some are.
bool holds_values(Records rows, std::size_t c, const ReadOptions& options) {
  bool any = false;
  for (const SampledRecord& row : rows) {
    if (has_value(row, c)) {
      any = true;
    } else if (c < row.cells.size() && !is_missing(row.cells[c], options)) {
      return false;
    }
  }
  return any;
}

bool has_second_header(Records records, const ReadOptions& options) {
  if (records.size() < 2 + kRows || records[1].cells.size() != records[0].cells.size() ||
      stands_apart(records)) {
    return false;
  }
  const Records rows = records.subspan(2);
  std::size_t words_above_values = 0;
  std::size_t other_words = 0;
  std::size_t values_below = 0;
  for (std::size_t c = 0; c < records[1].cells.size(); ++c) {
    if (has_value(records[1], c)) {
      return false;
    }
    const bool is_word = !is_missing(records[1].cells[c], options);
    const bool above_values = holds_values(rows, c, options);
    values_below += above_values ? 1U : 0U;
    words_above_values += is_word && above_values ? 1U : 0U;
    other_words += is_word && !above_values ? 1U : 0U;
  }
  return words_above_values > 0 &&
         (other_words == 0 || (values_below >= 2 && words_above_values == values_below));
}

// No cell is missing or a value, and one at least stands above nothing but values. There may be a
// second line of it.
bool is_full_header(Records records, const ReadOptions& options) {
  const std::size_t lines = has_second_header(records, options) ? 2 : 1;
  if (records.size() <= lines) {
    return false;
  }
  bool any = false;
  for (std::size_t c = 0; c < records[0].cells.size(); ++c) {
    if (!has_word(records[0], c) || is_missing(records[0].cells[c], options)) {
      return false;
    }
    any = any || holds_values(records.subspan(lines), c, options);
  }
  return any;
}

// A header has a name for each column, but for the first perhaps.
bool lacks_names(const SampledRecord& record, std::size_t width) {
  return record.cells.size() != width ||
         std::ranges::any_of(record.cells.begin() + 1, record.cells.end(),
                             [](const auto& cell) { return cell.empty(); });
}

// Titles above a full header.
std::size_t find_full_header(Records records, std::size_t width, const ReadOptions& options) {
  if (width == 1) {
    return stands_apart(records) && is_full_header(records.subspan(1), options) ? 1 : 0;
  }
  if (!lacks_names(records[0], width)) {
    return 0;
  }
  std::size_t n = 1;
  while (n + 1 < records.size() &&
         !(records[n].cells.size() == width && is_full_header(records.subspan(n), options))) {
    ++n;
  }
  if (n + 1 >= records.size()) {
    return 0;
  }
  // a row above it that is like those below: then it is one itself, without its values
  const Records rows = records.subspan(n + kRows);
  const auto is_row = [&](const SampledRecord& record) {
    for (std::size_t c = 0; c < width; ++c) {
      if (holds_values(rows, c, options) && !has_value(record, c)) {
        return false;
      }
    }
    return record.cells.size() == width;
  };
  return std::ranges::any_of(records.first(n), is_row) ? 0 : n;
}

// Titles above what may be a header of words above words.
std::size_t find_titles(Records records, std::size_t width, const ReadOptions& options) {
  if (const std::size_t titles = find_full_header(records, width, options); titles > 0) {
    return titles;
  }
  const auto is_title = [&](const SampledRecord& record) {
    return record.cells.size() < width || (width >= kWide && known_cells(record) < 2);
  };
  const auto first = std::ranges::find_if_not(records, is_title);
  const auto titles = static_cast<std::size_t>(first - records.begin());
  if (titles == 0 || first == records.end() || first->cells.size() != width) {
    return 0;
  }
  if (surely_starts_with_header(records.subspan(titles))) {
    return titles;
  }
  const bool are_single = std::ranges::all_of(
      records.first(titles), [](const SampledRecord& record) { return known_cells(record) < 2; });
  return width >= kWide && are_single ? titles : 0;
}

Layout::Unnamed find_unnamed(Records records, const ReadOptions& options) {
  const std::size_t names = records[0].cells.size();
  const Records rows = records.subspan(1);
  const auto fits = [&](const SampledRecord& row) { return row.cells.size() == names + 1; };
  if (rows.size() < kRows || names + 1 < kWide || known_cells(records[0]) < names ||
      !std::ranges::all_of(rows, fits)) {
    return Layout::Unnamed::kNone;
  }
  const bool last =
      std::ranges::all_of(rows, [](const SampledRecord& row) { return row.cells.back().empty(); });
  for (std::size_t c = 0; c < names; ++c) {
    if (is_number(records[0].cells[c])) {
      return Layout::Unnamed::kNone;
    }
  }
  for (std::size_t c = 0; c < names; ++c) {
    if (holds_values(rows, c + (last ? 0 : 1), options)) {
      return last ? Layout::Unnamed::kLast : Layout::Unnamed::kFirst;
    }
  }
  return Layout::Unnamed::kNone;
}

}  // namespace

bool surely_starts_with_header(std::span<const SampledRecord> records) {
  if (starts_with_row(records)) {
    return false;
  }
  for (std::size_t c = 0; c < records[0].cells.size(); ++c) {
    for (std::size_t r = 1; r < std::min<std::size_t>(records.size(), 3); ++r) {
      if (has_word(records[0], c) && has_value(records[r], c)) {
        return true;
      }
    }
  }
  return false;
}

Layout find_layout(const std::vector<SampledRecord>& all, const ReadOptions& options) {
  const Records records(all);
  Layout layout;
  const std::optional<std::uint64_t> stated = header_lines_of(options);
  if (options.header == Header::kNo || !options.names.empty()) {
    layout.header = options.header == Header::kYes ? 1 : 0;
    return layout;
  }
  if (options.header == Header::kAuto && !skip_lines_of(options)) {
    layout.titles = find_titles(records, common_width(all).fields, options);
  }
  const Records rest = records.subspan(layout.titles);
  if (stated) {
    layout.header = std::min<std::size_t>(*stated, rest.size());
    return layout;
  }
  if (options.header == Header::kAuto) {
    layout.unnamed = find_unnamed(rest, options);
  }
  const bool is_header = options.header == Header::kYes ||
                         layout.unnamed != Layout::Unnamed::kNone || !starts_with_row(rest);
  layout.header = is_header ? 1 : 0;
  if (is_header && options.header == Header::kAuto && has_second_header(rest, options)) {
    layout.header = 2;
  }
  return layout;
}

LineStart behind_lines(const Head& head, LineStart start, std::uint64_t lines) {
  while (lines > 0 && start.at < head.text.size()) {
    const std::size_t newline = head.text.find('\n', start.at);
    start.at = newline == std::string::npos ? head.text.size() : newline + 1;
    ++start.line;
    --lines;
  }
  return start;
}

std::optional<SepLine> find_sep_line(const Head& head, const LineStart& start) {
  std::string_view line = std::string_view(head.text).substr(start.at);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') {
    line = line.substr(1, line.size() - 2);
  }
  constexpr std::string_view kWord = "sep=";
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  if (line.size() != kWord.size() + 1 || line.back() == '"' ||
      !std::ranges::equal(line.substr(0, kWord.size()), kWord, {}, lower)) {
    return std::nullopt;
  }
  return SepLine{.delimiter = line.back(), .next = behind_lines(head, start, 1)};
}

}  // namespace tessera::table
