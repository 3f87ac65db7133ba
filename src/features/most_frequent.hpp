/// \file
/// The most frequent of a column's numbers. Private to src/features.
#pragma once

#include <optional>
#include <span>

#include "tessera/comm/communicator.hpp"

namespace tessera::features {

/// Collective: of all ranks' values but NaNs; the least of equally frequent ones. Nothing where
/// there are none, or more than table::kMaxLevels different ones.
[[nodiscard]] std::optional<double> most_frequent(const comm::Communicator& comm,
                                                  std::span<const double> values);

}  // namespace tessera::features
