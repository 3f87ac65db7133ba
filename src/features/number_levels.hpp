/// \file
/// Levels of columns, also of numbers, and how often they stand in them. Private to src/features.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/masses.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {

/// The distinct values of a numeric column, written down and sorted by bytes, how many rows of all
/// ranks have each, of those that count, and what these weigh.
struct NumberLevels {
  std::vector<std::string> levels;
  std::vector<std::int64_t> counts;
  std::vector<double> weights;
  std::string reason;  ///< why they cannot be levels; empty if they can
};

/// Collective: of the rows of all ranks, each of which reads its share twice.
[[nodiscard]] NumberLevels number_levels(const comm::Communicator& comm, const table::Table& table,
                                         std::size_t column, const RowMasses& masses);

/// Collective: the levels of a category, or of a numeric column as number_levels(), and how many
/// rows of all ranks have each.
[[nodiscard]] NumberLevels level_counts(const comm::Communicator& comm, const table::Table& table,
                                        std::size_t column, const RowMasses& masses);

/// Collective: the buckets that the values of a column, of any type, are hashed into (bucket_of),
/// and how many rows of all ranks have each.
[[nodiscard]] NumberLevels bucket_counts(const comm::Communicator& comm, const table::Table& table,
                                         std::size_t column, std::uint32_t buckets,
                                         const RowMasses& masses);

}  // namespace tessera::features
