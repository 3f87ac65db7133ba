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

struct RowRules {
  bool fills = false;         ///< short rows are filled up
  bool drops_totals = false;  ///< rows of totals are left out
};

/// Judges records by themselves, so that every pass over the file judges alike.
class RowCheck {
 public:
  RowCheck(const TextFormat& format, const MissingMarkers& missing, const RequiredTypes& required,
           const RowRules& rules);

  /// True if the cells that a record lacks are missing.
  [[nodiscard]] bool fills() const { return rules_.fills; }

  /// What is wrong with the record's fields; nothing if there is one for each column.
  [[nodiscard]] std::optional<std::string> problem_of_form(const Record& record) const;

  /// True if leaves_out() and problem_of_values() are to be asked too.
  [[nodiscard]] bool looks_at_cells() const { return looks_at_cells_; }
  /// True if the cells, which stand `stride` apart, are a row of totals that is to be left out.
  [[nodiscard]] bool leaves_out(const std::string_view* cells, std::size_t stride) const;
  /// What is wrong with the cells, which stand `stride` apart; nothing if it is a row.
  [[nodiscard]] std::optional<std::string> problem_of_values(const std::string_view* cells,
                                                             std::size_t stride) const;

 private:
  const TextFormat& format_;
  const MissingMarkers& missing_;
  RowRules rules_;
  bool looks_at_cells_ = false;
  struct Demand {
    std::size_t column;
    RequiredCells cells;
  };
  std::vector<Demand> numeric_;  // columns whose cells must be numbers or dates
};

}  // namespace tessera::table
