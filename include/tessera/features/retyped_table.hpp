/// \file
/// A table some of whose columns are taken as another type than they were read as.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tessera/features/steps/encoding.hpp"
#include "tessera/table/table_over.hpp"

namespace tessera::features {

/// Category columns whose levels are all numbers, dates, and encoded columns, as numbers: of dates
/// the days since 1970-01-01, the time of day as their fraction.
class RetypedTable final : public table::TableOver {
 public:
  /// `table` outlives this.
  explicit RetypedTable(const table::Table& table) : TableOver(table) {}

  /// Throws kBadData naming the column and the level where a level is no number.
  void take_as_number(std::size_t column);
  /// Takes a column, whatever its type, as the numbers of its levels.
  void take_as_number(std::size_t column, Encoding encoding);

  [[nodiscard]] std::optional<std::uint64_t> missing(std::size_t column) const override {
    return encoded_.contains(column) ? std::nullopt : TableOver::missing(column);
  }
  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override;
  void read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                           std::span<const std::span<double>> out) const override;
  [[nodiscard]] std::size_t columns_per_read() const override {
    return is_as_it_was() ? TableOver::columns_per_read() : 1;
  }

 private:
  void read_encoded(std::size_t column, const Encoding& encoding, std::uint64_t first,
                    std::span<double> out) const;
  [[nodiscard]] bool is_as_it_was() const {
    return numbers_.empty() && encoded_.empty() && dates_.empty();
  }

  std::map<std::size_t, std::vector<double>> numbers_;  // missing first, then the levels'
  std::set<std::size_t> dates_;
  std::map<std::size_t, Encoding> encoded_;  // of columns that are no categories
};

}  // namespace tessera::features
