/// \file
/// A table with pseudonyms in place of the values of some columns. Private to src/table.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tessera/base/pseudonyms.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

class PseudonymousTable final : public Table {
 public:
  /// `columns` by name; throws kBadData naming one that the table has not.
  PseudonymousTable(std::unique_ptr<Table> table, Pseudonyms pseudonyms,
                    const std::vector<std::string>& columns);

  [[nodiscard]] const std::string& name() const override { return table_->name(); }
  [[nodiscard]] std::uint64_t rows() const override { return table_->rows(); }
  [[nodiscard]] const std::vector<Column>& columns() const override { return columns_; }
  [[nodiscard]] bool holds_shares() const override { return table_->holds_shares(); }
  [[nodiscard]] std::uint64_t memory_bytes() const override { return table_->memory_bytes(); }
  [[nodiscard]] std::optional<std::uint64_t> missing(std::size_t column) const override {
    return table_->missing(column);
  }
  void check_unchanged() const override { table_->check_unchanged(); }
  void read_numbers(std::size_t column, std::uint64_t first, std::span<double> out) const override {
    table_->read_numbers(column, first, out);
  }
  void read_number_columns(std::span<const std::size_t> columns, std::uint64_t first,
                           std::span<const std::span<double>> out) const override {
    table_->read_number_columns(columns, first, out);
  }
  [[nodiscard]] std::size_t columns_per_read() const override { return table_->columns_per_read(); }
  void read_codes(std::size_t column, std::uint64_t first,
                  std::span<std::int32_t> out) const override {
    table_->read_codes(column, first, out);
  }
  [[nodiscard]] std::vector<std::string> read_text(std::size_t column, std::uint64_t first,
                                                   std::uint64_t count) const override;

 private:
  std::unique_ptr<Table> table_;
  Pseudonyms pseudonyms_;
  std::vector<Column> columns_;
  std::vector<bool> is_replaced_;
};

}  // namespace tessera::table
