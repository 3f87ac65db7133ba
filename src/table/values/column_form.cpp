#include "table/values/column_form.hpp"

#include <fmt/format.h>

#include "table/values/utf8.hpp"

namespace tessera::table {

Number ColumnForm::parse_in_form(std::string_view cell) const {
  if (date) {
    const std::optional<std::int64_t> seconds = date->parse(cell);
    return seconds ? Number{NumberKind::kInteger, *seconds, static_cast<double>(*seconds)}
                   : Number{};
  }
  if (decimal != Decimal::kComma) {
    const Number number = parse_number(cell);
    if (number.kind != NumberKind::kNone) {
      return number;
    }
  }
  std::string unit;
  return parse_written(cell, *decimal, zeros_allowed, unit);
}

std::string problem_of_cell(std::string_view cell, ColumnType type, const ColumnForm& form) {
  if ((type != ColumnType::kInteger && type != ColumnType::kReal && type != ColumnType::kDate) ||
      is_missing_mark(cell)) {
    return {};
  }
  if (type == ColumnType::kDate && !form.date) {
    return {};
  }
  const NumberKind kind = form.parse(cell).kind;
  if (type == ColumnType::kDate) {
    return kind == NumberKind::kNone ? fmt::format("is not a date as {}", form.date->name()) : "";
  }
  const bool integer = type == ColumnType::kInteger;
  if (kind == NumberKind::kNone && form.decimal != Decimal::kComma &&
      (readings_of(cell) & kCommaReading) != 0) {
    return "is not a number, unless its comma is a decimal one, which is to be stated";
  }
  return kind == NumberKind::kNone                    ? "is not a number"
         : kind == NumberKind::kNotFinite             ? "is not finite"
         : integer && kind == NumberKind::kBigInteger ? "exceeds 64 bits"
         : integer && kind == NumberKind::kReal       ? "is not an integer"
                                                      : "";
}

std::string cell_problem(const std::string& column, std::string_view cell,
                         const std::string& problem) {
  return fmt::format("column '{}': '{}' {}", column, shown(cell), problem);
}

}  // namespace tessera::table
