/// \file
/// The nearest centroid of every row of a shard.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tessera/cluster/centroids.hpp"
#include "tessera/features/feature_rows.hpp"

namespace tessera::cluster {

/// Nearest centroid of each row (from 0; the lower number in a tie), see Assigner. Not collective.
[[nodiscard]] std::vector<std::int32_t> assign(const features::FeatureRows& rows,
                                               const Centroids& centroids);

/// One row against the centroids, for score.
struct Nearest {
  std::int32_t segment = 0;
  double distance = 0;  ///< Euclidean, to the segment's centroid, in the feature space
  double margin = 0;    ///< distance to the next nearest centroid minus `distance`; 0 if none
};

/// As assign(), with distances computed directly in double. Not collective.
void measure(const features::FeatureRows& rows, const Centroids& centroids, std::span<Nearest> out);

/// Squared Euclidean distance of one row to one dense centroid, directly in double.
[[nodiscard]] double squared_distance(const features::FeatureRows& rows, std::uint64_t row,
                                      std::span<const float> centroid);

}  // namespace tessera::cluster
