/// \file
/// What all ranks know of the prepared rows before training starts.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/numeric/exact_sum.hpp"

namespace tessera::cluster {

struct DataFacts {
  std::uint64_t rows = 0;                    ///< of the whole table
  std::vector<numeric::FixedPoint> formats;  ///< of the sums of each numeric feature
  numeric::FixedPoint distance_format;       ///< of sums of squared distances between rows
  double total_squares = 0;                  ///< sum over rows of |x|^2
  double mean_variance = 0;                  ///< mean over the dimensions of their variances
};

/// Collective.
[[nodiscard]] DataFacts survey(const comm::Communicator& comm, const features::FeatureRows& rows);

}  // namespace tessera::cluster
