#include "table/text/row_check.hpp"

#include <fmt/format.h>

#include "table/text/totals.hpp"
#include "table/values/utf8.hpp"

namespace tessera::table {

namespace {

bool is_checked(const RequiredCells& required) {
  return required.type == ColumnType::kInteger || required.type == ColumnType::kReal ||
         required.type == ColumnType::kDate;
}

}  // namespace

RowCheck::RowCheck(const TextFormat& format, const MissingMarkers& missing,
                   const RequiredTypes& required, const RowRules& rules)
    : format_(format), missing_(missing), rules_(rules) {
  for (std::size_t c = 0; c < format.names.size(); ++c) {
    const auto demand = required.find(format.names[c].text);
    if (demand != required.end() && is_checked(demand->second)) {
      numeric_.push_back({c, demand->second});
    }
  }
  looks_at_cells_ = !numeric_.empty() || rules.drops_totals;
}

bool RowCheck::leaves_out(const std::string_view* cells, std::size_t stride) const {
  return rules_.drops_totals && is_row_of_totals(cells, format_.names.size(), stride);
}

std::optional<std::string> RowCheck::problem_of_form(const Record& record) const {
  const std::size_t expected = format_.names.size();
  if (record.cells.size() != expected) {
    const bool may_be_comment = record.cells.size() < expected && record.cells[0].starts_with('#');
    return fmt::format(
        "found {} field{}, expected {} (delimiter {}){}", record.cells.size(),
        record.cells.size() == 1 ? "" : "s", expected, delimiter_name(format_.dialect.delimiter),
        may_be_comment ? "; if it is a comment, state that # begins such lines" : "");
  }
  if (record.garbled_cell != 0) {
    const bool escaped = record.cells[record.garbled_cell - 1].ends_with('\\');
    return fmt::format("column '{}': text follows the closing quote{}",
                       format_.names[record.garbled_cell - 1].text,
                       escaped ? "; if a backslash escapes quotes, state it" : "");
  }
  return std::nullopt;
}

std::optional<std::string> RowCheck::problem_of_values(const std::string_view* cells,
                                                       std::size_t stride) const {
  for (const auto& [c, needed] : numeric_) {
    const std::string_view cell = cells[c * stride];
    if (missing_.match(cell)) {
      continue;
    }
    if (const std::string problem = problem_of_cell(cell, needed.type, needed.form);
        !problem.empty()) {
      return cell_problem(format_.names[c].text, cell, problem);
    }
  }
  return std::nullopt;
}

}  // namespace tessera::table
