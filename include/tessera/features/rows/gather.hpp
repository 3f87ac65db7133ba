/// \file
/// Bringing a few rows of all shards to every rank.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::features {

/// Values of rows, row by row.
struct RowValues {
  std::vector<float> numbers;        ///< rows x numeric features
  std::vector<std::uint16_t> codes;  ///< rows x categories
};

/// Collective: the values of the rows that each rank names by local number, on every rank, in rank
/// order.
[[nodiscard]] RowValues gather_values(const comm::Communicator& comm, const FeatureRows& shard,
                                      std::span<const std::uint64_t> mine);

/// Collective: the rows that each rank names by local number, with their keys, on every rank, in
/// rank order; in the table's order if each rank names its own in ascending order.
[[nodiscard]] FeatureRows gather_rows(const comm::Communicator& comm, const FeatureRows& shard,
                                      std::span<const std::uint64_t> mine);

/// Rows in the order of their keys; those of equal keys in the order of their values. Whatever
/// depends on an order, such as floating-point sums, then depends on the rows alone.
struct KeyOrderedRows {
  FeatureRows rows;
  std::vector<std::uint64_t> places;  ///< where each would stand in gather_rows()
};

/// Collective: as gather_rows(), in the order of the keys.
[[nodiscard]] KeyOrderedRows gather_by_key(const comm::Communicator& comm, const FeatureRows& shard,
                                           std::span<const std::uint64_t> mine);

/// Collective: the rows with the given numbers in the whole table, which are ascending and the same
/// on all ranks.
[[nodiscard]] FeatureRows gather_table_rows(const comm::Communicator& comm,
                                            const FeatureRows& shard,
                                            std::span<const std::uint64_t> wanted);

}  // namespace tessera::features
