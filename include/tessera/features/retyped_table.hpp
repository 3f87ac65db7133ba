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
#include "tessera/table/table.hpp"

namespace tessera::features {

/// Category columns whose levels are all numbers, dates, and encoded columns, as numbers: of dates
/// the days since 1970-01-01, the time of day as their fraction.
class RetypedTable final : public table::Table {
 public:
  /// `table` outlives this.
  explicit RetypedTable(const table::Table& table) : table_(table), columns_(table.columns()) {}

  /// Throws kBadData naming the column and the level where a level is no number.
  void take_as_number(std::size_t column);
  /// Takes a column, whatever its type, as the numbers of its levels.
  void take_as_number(std::size_t column, Encoding encoding);

  [[nodiscard]] const std::string& name() const override { return table_.name(); }
  [[nodiscard]] std::uint64_t rows() const override { return table_.rows(); }
  [[nodiscard]] const std::vector<table::Column>& columns() const override { return columns_; }
  [[nodiscard]] bool holds_shares() const override { return table_.holds_shares(); }
  [[nodiscard]] std::uint64_t memory_bytes() const override { return table_.memory_bytes(); }
  [[nodiscard]] std::optional<std::uint64_t> missing(std::size_t column) const override {
    return encoded_.contains(column) ? std::nullopt : table_.missing(column);
  }
  void check_unchanged() const override { table_.check_unchanged(); }
  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override;
  void read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                           std::span<const std::span<double>> out) const override;
  [[nodiscard]] std::size_t columns_per_read() const override {
    return is_as_it_was() ? table_.columns_per_read() : 1;
  }
  void read_codes(std::size_t column, std::uint64_t first,
                  std::span<std::int32_t> out) const override {
    table_.read_codes(column, first, out);
  }
  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override {
    return table_.read_text(column, first, count);
  }

 private:
  void read_encoded(std::size_t column, const Encoding& encoding, std::uint64_t first,
                    std::span<double> out) const;
  [[nodiscard]] bool is_as_it_was() const {
    return numbers_.empty() && encoded_.empty() && dates_.empty();
  }

  const table::Table& table_;
  std::vector<table::Column> columns_;
  std::map<std::size_t, std::vector<double>> numbers_;  // missing first, then the levels'
  std::set<std::size_t> dates_;
  std::map<std::size_t, Encoding> encoded_;  // of columns that are no categories
};

}  // namespace tessera::features
