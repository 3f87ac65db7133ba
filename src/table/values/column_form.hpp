/// \file
/// How the numbers or dates of one column are written. Private to src/table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "table/values/number.hpp"
#include "table/values/written_number.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

struct ColumnForm {
  std::optional<Decimal> decimal{};  ///< as of parse_written()
  std::optional<DateFormat> date{};  ///< dates so written
  bool zeros_allowed = false;        ///< numbers with leading zeros are numbers

  /// Plain numbers: as parse_number() reads them.
  [[nodiscard]] bool is_plain() const { return !decimal && !date; }

  /// The number in a cell, of a date its seconds; kNone if it does not fit.
  [[nodiscard]] Number parse(std::string_view cell) const {
    return is_plain() ? parse_number(cell) : parse_in_form(cell);
  }

 private:
  [[nodiscard]] Number parse_in_form(std::string_view cell) const;
};

/// What is wrong with a cell that has to be of a type other than kText and kCategory, and so
/// written; empty if nothing is.
[[nodiscard]] std::string problem_of_cell(std::string_view cell, ColumnType type,
                                          const ColumnForm& form);
/// The sentence about a cell of which that was found.
[[nodiscard]] std::string cell_problem(const std::string& column, std::string_view cell,
                                       const std::string& problem);

}  // namespace tessera::table
