// What was paid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/decimal.hpp"
#include "tessera/table/table.hpp"

namespace tessera::rfm {

/// A column of numbers, or the product of two.
class Amount {
 public:
  /// Collective. `expression`: a column's name, or two around a `*`. Keeps a reference to the
  /// table. Throws kBadData if there is no such column, or it does not hold numbers: the first cell
  /// that is none is named.
  Amount(const comm::Communicator& comm, const table::Table& table, const std::string& expression);

  void read(std::uint64_t first, std::uint64_t count);
  /// Of row first + i as read.
  [[nodiscard]] bool is_missing(std::size_t i) const;
  /// Throws kBadData if it is not finite or too large.
  [[nodiscard]] numeric::Decimal at(std::size_t i) const;

 private:
  void take_columns(const std::string& expression);
  void take_column(std::string_view name);
  void refuse_text(const comm::Communicator& comm, const table::Column& column,
                   std::size_t index) const;

  const table::Table& table_;
  std::vector<std::size_t> columns_;
  std::vector<std::vector<double>> values_;  // of each
  std::uint64_t first_ = 0;
};

}  // namespace tessera::rfm
