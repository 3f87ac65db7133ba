/// \file
/// A rank's rows of several columns, one column after the other or piece by piece.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "tessera/table/table.hpp"

namespace tessera::table {

/// Values that are looked at while they are in a core's cache.
inline constexpr std::size_t kPieceValues = 16'384;

/// Reads columns of rows [first, first + rows) once, and calls visit(i, at, values) with pieces of
/// them: the values of columns[i] from row first + at on. Throws as Table::read_number_columns
/// does.
template <typename Visit>
void for_each_piece(const Table& table, std::span<const std::size_t> columns, std::uint64_t first,
                    std::uint64_t rows, const Visit& visit) {
  const std::size_t together = table.columns_per_read() > 1 ? columns.size() : 1;
  const std::size_t in_piece =
      std::max<std::size_t>(kPieceValues / std::max<std::size_t>(together, 1), 64);
  std::vector<std::vector<double>> values(together, std::vector<double>(in_piece));
  std::vector<std::span<double>> out(together);
  for (std::size_t i = 0; i < columns.size(); i += together) {
    for (std::uint64_t at = 0; at < rows; at += in_piece) {
      const std::size_t count = std::min<std::uint64_t>(in_piece, rows - at);
      std::ranges::transform(values, out.begin(),
                             [&](std::vector<double>& all) { return std::span(all).first(count); });
      table.read_number_columns(columns.subspan(i, together), first + at, out);
      for (std::size_t c = 0; c < together; ++c) {
        visit(i + c, at, std::span<const double>(out[c]));
      }
    }
  }
}

/// Has read(at, codes) fill in pieces of the codes of `rows` rows, those from row `at` on, and
/// calls visit(at, codes) with each.
template <typename Read, typename Visit>
void for_each_piece_of_codes(std::uint64_t rows, const Read& read, const Visit& visit) {
  std::vector<std::int32_t> codes(std::min<std::uint64_t>(kPieceValues, rows));
  for (std::uint64_t at = 0; at < rows; at += codes.size()) {
    codes.resize(std::min<std::uint64_t>(codes.size(), rows - at));
    read(at, std::span<std::int32_t>(codes));
    visit(at, std::span<const std::int32_t>(codes));
  }
}

/// Reads the codes of a category column's rows [first, first + rows) once, and calls
/// visit(at, codes) with pieces of them, from row first + at on. Throws as Table::read_codes does.
template <typename Visit>
void for_each_piece_of_codes(const Table& table, std::size_t column, std::uint64_t first,
                             std::uint64_t rows, const Visit& visit) {
  for_each_piece_of_codes(
      rows,
      [&](std::uint64_t at, std::span<std::int32_t> codes) {
        table.read_codes(column, first + at, codes);
      },
      visit);
}

/// Reads columns in the order given, as many at once as the table likes best, and holds these.
class NumberColumns {
 public:
  NumberColumns(const Table& table, std::vector<std::size_t> columns, std::uint64_t first,
                std::uint64_t rows)
      : table_(table),
        columns_(std::move(columns)),
        first_(first),
        values_(std::min(table.columns_per_read(), columns_.size()), std::vector<double>(rows)) {}

  /// The rows of the next column, to be changed at will until the next call. Throws as
  /// Table::read_number_columns does; not to be called more often than there are columns.
  [[nodiscard]] std::span<double> next() {
    return next([](std::span<const double>) {});
  }
  /// Likewise; visit(values) sees one piece of the column after the other, if possible while it is
  /// in the cache.
  template <typename Visit>
  [[nodiscard]] std::span<double> next(const Visit& visit) {
    const std::size_t slot = done_ % values_.size();
    if (values_.size() == 1) {
      for (std::size_t at = 0; at < values_[0].size(); at += kPieceValues) {
        const auto piece =
            std::span(values_[0]).subspan(at, std::min(kPieceValues, values_[0].size() - at));
        table_.read_numbers(columns_[done_], first_ + at, piece);
        visit(piece);
      }
      ++done_;
      return values_[0];
    }
    if (slot == 0) {
      const auto group =
          std::span(columns_).subspan(done_, std::min(values_.size(), columns_.size() - done_));
      const std::vector<std::span<double>> out(values_.begin(), values_.end());
      table_.read_number_columns(group, first_, std::span(out).first(group.size()));
    }
    ++done_;
    visit(values_[slot]);
    return values_[slot];
  }

 private:
  const Table& table_;
  std::vector<std::size_t> columns_;
  std::uint64_t first_;
  std::vector<std::vector<double>> values_;
  std::size_t done_ = 0;
};

}  // namespace tessera::table
