/// \file
/// Tables that are drawn, not read: each row is a function of its number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tessera/table/table.hpp"

namespace tessera::table {

/// Some rows of a synthetic table, by column; numbers and codes as Table reads them.
struct SyntheticRows {
  std::uint64_t first = 0;
  std::size_t count = 0;
  /// One entry per column; empty for columns of another type.
  std::vector<std::vector<std::string>> texts;
  std::vector<std::vector<double>> numbers;
  std::vector<std::vector<std::int32_t>> codes;

  /// Makes room for rows [first, first + count) of these columns.
  void resize(const std::vector<Column>& columns, std::uint64_t first, std::size_t count);
};

/// What `generate` makes. All arithmetic is in integers and in basic operations on doubles, without
/// the C library's functions, so that the same rows come out on every machine.
class SyntheticTable {
 public:
  SyntheticTable() = default;
  SyntheticTable(const SyntheticTable&) = delete;
  SyntheticTable& operator=(const SyntheticTable&) = delete;
  virtual ~SyntheticTable() = default;

  /// The true segment of a row's customer, from 1, stands in the last column.
  [[nodiscard]] const std::vector<Column>& columns() const { return columns_; }
  /// Digits behind the decimal point in column `c`: money has two.
  [[nodiscard]] int decimals(std::size_t c) const { return decimals_[c]; }

  /// Rows [first, first + count), in place of what `rows` held.
  virtual void draw(std::uint64_t first, std::size_t count, SyntheticRows& rows) const = 0;

 protected:
  Column& add_column(std::string name, ColumnType type, int decimals = 0);

 private:
  std::vector<Column> columns_;
  std::vector<int> decimals_;
};

}  // namespace tessera::table
