/// \file
/// What all ranks know of the prepared rows before training starts.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/int128.hpp"

namespace tessera::cluster {

struct DataFacts {
  std::uint64_t rows = 0;                    ///< of the whole table
  std::uint64_t rows_counted = 0;            ///< of these, that weigh something
  std::uint64_t drawn_rows = 0;              ///< of these, what random choices are made of
  bool weighted = false;                     ///< whether rows have masses
  numeric::Int128 mass = 0;                  ///< of all rows: how often they count
  int mass_exponent = 0;                     ///< a unit of mass weighs 2^that
  std::vector<numeric::FixedPoint> formats;  ///< of the sums of each numeric feature
  numeric::FixedPoint distance_format;       ///< of sums of squared distances between rows
  double total_squares = 0;                  ///< sum over rows of mass x |x|^2
  double mean_variance = 0;                  ///< mean over the dimensions of their variances
};

/// Collective. Rows that do not count leave no trace in it but in `rows`.
[[nodiscard]] DataFacts survey(const comm::Communicator& comm, const features::FeatureRows& rows);

}  // namespace tessera::cluster
