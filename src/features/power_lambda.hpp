/// \file
/// The power that brings a column nearest to a normal distribution. Private to src/features.
#pragma once

#include <cstdint>
#include <span>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/masses.hpp"
#include "tessera/features/steps/power.hpp"
#include "tessera/numeric/extremes.hpp"

namespace tessera::features {

/// Collective. The lambda of greatest likelihood of all ranks' values but NaNs, of which there are
/// `known` within `range` (as often as `masses` say, if there are any), as scikit-learn's
/// PowerTransformer, but within kLargestLambda, and not where a usual value's power would be below
/// 1e-6; 1 where the power is not defined for all of them. The same bits on any number of ranks. 8
/// bytes per value, and one all-reduce for each of about thirty lambdas.
[[nodiscard]] double best_lambda(const comm::Communicator& comm, std::span<const double> values,
                                 const RowMasses& masses, const numeric::Extremes& range,
                                 double known, Power power);

}  // namespace tessera::features
