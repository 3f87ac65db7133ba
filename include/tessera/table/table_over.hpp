/// \file
/// A table that shows another one with some of its columns changed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tessera/table/table.hpp"

namespace tessera::table {

/// Passes everything on; who derives from it changes the columns and overrides what reads them.
/// read_views() goes by read_text(), so that what that changes is never passed by.
class TableOver : public Table {
 public:
  /// `table` outlives this.
  explicit TableOver(const Table& table) : columns_(table.columns()), table_(table) {}

  [[nodiscard]] const std::string& name() const override { return table_.name(); }
  [[nodiscard]] std::uint64_t rows() const override { return table_.rows(); }
  [[nodiscard]] const std::vector<Column>& columns() const override { return columns_; }
  [[nodiscard]] bool holds_shares() const override { return table_.holds_shares(); }
  [[nodiscard]] std::uint64_t memory_bytes() const override { return table_.memory_bytes(); }
  [[nodiscard]] std::optional<std::uint64_t> missing(std::size_t column) const override {
    return table_.missing(column);
  }
  void check_unchanged() const override { table_.check_unchanged(); }
  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override {
    table_.read_numbers(column, first, out);
  }
  void read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                           std::span<const std::span<double>> out) const override {
    table_.read_number_columns(columns, first, out);
  }
  [[nodiscard]] std::size_t columns_per_read() const override { return table_.columns_per_read(); }
  void read_codes(std::size_t column, std::uint64_t first,
                  std::span<std::int32_t> out) const override {
    table_.read_codes(column, first, out);
  }
  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override {
    return table_.read_text(column, first, count);
  }

 protected:
  [[nodiscard]] const Table& under() const { return table_; }

  std::vector<Column> columns_;  // NOLINT: those who derive change it

 private:
  const Table& table_;
};

}  // namespace tessera::table
