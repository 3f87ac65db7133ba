/// \file
/// Which records are rows, and why the others are not. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table/records/format.hpp"
#include "table/text/delimited.hpp"
#include "table/text/text_format.hpp"
#include "table/values/number.hpp"

namespace tessera::table {

/// What is wrong with a cell that has to be of type kInteger or kReal; null if nothing is.
[[nodiscard]] const char* problem_of_number(std::string_view cell, ColumnType type);
/// The sentence about a cell of which that was found.
[[nodiscard]] std::string cell_problem(const std::string& column, std::string_view cell,
                                       const char* problem);

/// Judges records by themselves, so that every pass over the file judges alike.
class RowCheck {
 public:
  RowCheck(const TextFormat& format, const MissingMarkers& missing, const RequiredTypes& required);

  /// What is wrong with the record's fields; nothing if there is one for each column.
  [[nodiscard]] std::optional<std::string> problem_of_form(const Record& record) const;

  /// True if some column's cells must have a type: then problem_of_values() is to be asked too.
  [[nodiscard]] bool checks_values() const { return !numeric_.empty(); }
  /// What is wrong with the cells, which stand `stride` apart; nothing if it is a row.
  [[nodiscard]] std::optional<std::string> problem_of_values(const std::string_view* cells,
                                                             std::size_t stride) const;

 private:
  const TextFormat& format_;
  const MissingMarkers& missing_;
  struct Demand {
    std::size_t column;
    ColumnType type;
  };
  std::vector<Demand> numeric_;  // columns whose cells must be numbers
};

}  // namespace tessera::table
