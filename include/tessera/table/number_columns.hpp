/// \file
/// A rank's rows of several numeric columns, one column after the other.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "tessera/table/table.hpp"

namespace tessera::table {

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
    const std::size_t slot = done_ % values_.size();
    if (slot == 0) {
      const auto group =
          std::span(columns_).subspan(done_, std::min(values_.size(), columns_.size() - done_));
      const std::vector<std::span<double>> out(values_.begin(), values_.end());
      table_.read_number_columns(group, first_, std::span(out).first(group.size()));
    }
    ++done_;
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
