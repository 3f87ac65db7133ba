/// \file
/// The most frequent of a column's numbers. Private to src/features.
#pragma once

#include <optional>
#include <span>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/exact_sum.hpp"

namespace tessera::features {

/// Collective: of all ranks' values but NaNs; the least of equally frequent ones. Nothing where
/// there are none, or more than table::kMaxLevels different ones. `masses`: how often each stands;
/// empty: once.
[[nodiscard]] std::optional<double> most_frequent(const comm::Communicator& comm,
                                                  std::span<const double> values,
                                                  std::span<const numeric::Mass> masses);

}  // namespace tessera::features
