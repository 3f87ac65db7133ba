/// \file
/// What identifies the customers of a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

class CustomerIds {
 public:
  /// By a column, or, if its name is empty, by row numbers from 1. Throws kBadData if the table has
  /// no such column. Keeps a reference to the table.
  CustomerIds(const table::Table& table, const std::string& column);

  /// The column's name, or "row".
  [[nodiscard]] std::string name() const;
  /// The identifiers of rows [first, first + count).
  [[nodiscard]] std::vector<std::string> read(std::uint64_t first, std::uint64_t count) const;
  /// True if they are numbers: of the rows, or of a column of numbers.
  [[nodiscard]] bool are_numbers() const;
  struct Lengths {
    std::size_t longest = 1;  ///< bytes; at least 1
    std::uint64_t bytes = 0;  ///< of all
  };
  /// Collective.
  [[nodiscard]] Lengths lengths(const comm::Communicator& comm) const;
  /// True if a rank can read none but those of its share.
  [[nodiscard]] bool holds_shares() const { return column_ && table_.holds_shares(); }
  /// How many there are.
  [[nodiscard]] std::uint64_t rows() const { return table_.rows(); }

 private:
  const table::Table& table_;
  std::optional<std::size_t> column_;
};

}  // namespace tessera::pipeline
