/// \file
/// A rank's raw numeric columns, one after the other, in as little memory as can be. Private to
/// src/features.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/table/number_columns.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {

/// Columns that are prepared, one after the other, as the numeric features of `rows`. A table that
/// is stored by rows is read as many columns at once as find room: one or two in buffers, the rest
/// in those places of the rows that no column was prepared into yet, two features for a double.
class RawColumns {
 public:
  /// One column for each numeric feature of `rows`, whose rows they are.
  RawColumns(const table::Table& table, std::vector<std::size_t> columns, FeatureRows& rows);

  /// The next column, to be changed until the call after. Before that one, feature j of the rows is
  /// free to be written for the j-th column. visit(values) sees one piece of it after the other.
  template <typename Visit>
  [[nodiscard]] std::span<double> next(const Visit& visit) {
    if (!by_rows_) {
      const std::span<double> values = buffers_[0];
      for (std::size_t at = 0; at < values.size(); at += table::kPieceValues) {
        const auto piece = values.subspan(at, std::min(table::kPieceValues, values.size() - at));
        table_.read_numbers(columns_[done_], rows_.first_row() + at, piece);
        visit(std::span<const double>(piece));
      }
      ++done_;
      return values;
    }
    const std::span<double> values = next_by_rows();
    visit(std::span<const double>(values));
    return values;
  }

 private:
  [[nodiscard]] std::span<double> next_by_rows();
  void read_group();
  /// Where in a block of rows the doubles of the group's column `i` are kept.
  [[nodiscard]] float* kept_in(std::size_t block, std::size_t i) const;

  const table::Table& table_;
  std::vector<std::size_t> columns_;
  FeatureRows& rows_;
  bool by_rows_;
  std::vector<std::vector<double>> buffers_;
  std::size_t done_ = 0;
  std::size_t group_first_ = 0;
  std::size_t group_size_ = 0;
};

}  // namespace tessera::features
