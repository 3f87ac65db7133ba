/// \file
/// Keys that several rows of a table have.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "tessera/comm/communicator.hpp"

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

}  // namespace tessera::features
