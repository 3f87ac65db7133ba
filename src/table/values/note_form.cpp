// What cells say of how their column is written.
#include <bit>

#include "table/values/infer.hpp"
#include "table/values/utf8.hpp"

namespace tessera::table {
namespace {

/// True if the styles read it as different dates.
bool is_ambiguous(std::string_view cell, DateStyles styles) {
  styles &= kDateLikeStyles;  // of numbers the first that fits is meant
  if (std::popcount(styles) < 2) {
    return false;
  }
  const auto first = static_cast<DateStyle>(std::countr_zero(styles));
  for (DateStyles rest = styles & (styles - 1); rest != 0; rest &= rest - 1) {
    if (parse_date(cell, static_cast<DateStyle>(std::countr_zero(rest))) !=
        parse_date(cell, first)) {
      return true;
    }
  }
  return false;
}

/// True if the two readings, which both fit, differ.
bool reads_two_ways(std::string_view cell) {
  std::string unit;
  return parse_written(cell, Decimal::kPoint, false, unit).real !=
         parse_written(cell, Decimal::kComma, false, unit).real;
}

}  // namespace

// What a cell says of how the column is written.
void ColumnScan::note_form(CellCounts::Kind kind, std::string_view cell, std::uint64_t line) {
  if (kind == CellCounts::kMarks) {
    if (!facts_.first_mark) {
      facts_.first_mark = {file_, line, shown(cell)};
    }
    return;
  }
  // of what is said to be dates the first one counts in any case
  if (facts_.styles != 0 ||
      (rules_.stated == ColumnType::kDate && rules_.form.is_plain() && !facts_.first_date)) {
    note_date(cell, line);
  }
  if (facts_.readings != 0) {
    note_reading(kind, cell, line);
  }
}

void ColumnScan::note_date(std::string_view cell, std::uint64_t line) {
  const bool any = rules_.stated == ColumnType::kDate;
  DateStyles styles = styles_of(cell, any ? ~DateStyles{0} : kDateLikeStyles);
  if (rules_.pattern && rules_.pattern->parse(cell)) {
    styles |= kStatedPattern;
  }
  if (styles != 0 && !facts_.first_date) {
    facts_.first_date = {file_, line, shown(cell)};
  }
  if (!facts_.first_ambiguous && is_ambiguous(cell, styles)) {
    facts_.first_ambiguous = {file_, line, shown(cell)};
  }
  facts_.styles &= styles;
}

void ColumnScan::note_reading(CellCounts::Kind kind, std::string_view cell, std::uint64_t line) {
  if (kind == CellCounts::kIntegers) {
    return;  // the same in all
  }
  std::string unit;
  const unsigned readings = kind == CellCounts::kReals
                                ? kPointReading | (groups_by_point(cell) ? kCommaReading : 0)
                            : kind == CellCounts::kBigIntegers ? kPointReading | kCommaReading
                            : kind == CellCounts::kWritten     ? readings_of(cell, unit)
                                                               : 0;
  facts_.readings &= readings;
  if (!facts_.first_written && kind == CellCounts::kWritten) {
    facts_.first_written = {file_, line, shown(cell)};
  }
  if (!facts_.first_two_ways && readings == (kPointReading | kCommaReading) &&
      reads_two_ways(cell)) {
    facts_.first_two_ways = {file_, line, shown(cell)};
  }
  if (kind == CellCounts::kWritten && !unit.empty()) {
    facts_.units.insert(unit);
  }
}

}  // namespace tessera::table
