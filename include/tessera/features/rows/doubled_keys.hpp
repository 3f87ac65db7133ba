/// \file
/// Keys that several rows of a table have.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/exact_sum.hpp"

namespace tessera::features {

struct DoubledKeys {
  std::uint64_t keys = 0;     ///< that more than one row has
  std::uint64_t rows = 0;     ///< all that have one of them
  std::uint64_t example = 0;  ///< one of them, if there are any
};

/// Collective. Exact over all ranks. `keys`: of this rank's rows, well mixed; `none` is not
/// counted. Each rank looks after the keys in one part of their range, and gets them from the
/// others a slice at a time: beside the keys it takes as much memory once more, and a little.
[[nodiscard]] DoubledKeys find_doubled(const comm::Communicator& comm,
                                       std::span<const std::uint64_t> keys, std::uint64_t none);

/// Collective. The numbers, in the table, of the first two rows that have `key`, which two have.
[[nodiscard]] std::pair<std::uint64_t, std::uint64_t> first_two(const comm::Communicator& comm,
                                                                std::span<const std::uint64_t> keys,
                                                                std::uint64_t key,
                                                                std::uint64_t first_row);

/// Collective. What random choices of a table go by some of whose rows have one key, and are equal:
/// each key has the mass of all its rows, at the first of them, and the others have none. `masses`:
/// of this rank's rows; empty: one each. Takes about 40 bytes per row for a while.
[[nodiscard]] std::vector<double> masses_of_keys(const comm::Communicator& comm,
                                                 std::span<const std::uint64_t> keys,
                                                 std::span<const numeric::Mass> masses);

}  // namespace tessera::features
