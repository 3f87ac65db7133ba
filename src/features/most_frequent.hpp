/// \file
/// How often the most frequent of a column's numbers stand. Private to src/features.
#pragma once

#include <optional>
#include <span>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/masses.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/extremes.hpp"

namespace tessera::features {

/// Collective: of all ranks' values but NaNs; the least of equally frequent ones. Nothing where
/// there are none, or more than table::kMaxLevels different ones. `masses`: how often each stands;
/// empty: once.
[[nodiscard]] std::optional<double> most_frequent(const comm::Communicator& comm,
                                                  std::span<const double> values,
                                                  std::span<const numeric::Mass> masses);

/// Collective. The share of the known values, of which there are `known`, that are the most
/// frequent one, if it is above a half: then that is the one in the middle.
[[nodiscard]] double share_of_most_frequent(const comm::Communicator& comm,
                                            std::span<const double> values, std::uint64_t known,
                                            const RowMasses& masses);

/// Collective: whether every value of a row that counts is one of the extremes.
[[nodiscard]] bool has_two_values(const comm::Communicator& comm, std::span<const double> values,
                                  const numeric::Extremes& range, const RowMasses& masses);

}  // namespace tessera::features
