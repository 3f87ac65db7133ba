// What was paid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/numeric/decimal.hpp"
#include "tessera/table/table.hpp"

namespace tessera::rfm {

/// A column of numbers, or the product of two.
class Amount {
 public:
  /// `expression`: a column's name, or two around a `*`. Keeps a reference to the table. Throws
  /// kBadData if there is no such column, or it does not hold numbers.
  Amount(const table::Table& table, const std::string& expression);

  void read(std::uint64_t first, std::uint64_t count);
  /// Of row first + i as read.
  [[nodiscard]] bool is_missing(std::size_t i) const;
  /// Throws kBadData if it is not finite or too large.
  [[nodiscard]] numeric::Decimal at(std::size_t i) const;

 private:
  void take_column(std::string_view name);

  const table::Table& table_;
  std::vector<std::size_t> columns_;
  std::vector<std::vector<double>> values_;  // of each
  std::uint64_t first_ = 0;
};

}  // namespace tessera::rfm
