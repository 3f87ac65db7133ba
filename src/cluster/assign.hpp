/// \file
/// The nearest centroid of every row of a shard.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cluster/kernels/assigner.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/features/rows/distances.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

/// Nearest centroid of each row (from 0; the lower number in a tie), see Assigner. Not collective.
[[nodiscard]] std::vector<std::int32_t> assign(const features::FeatureRows& rows,
                                               const Centroids& centroids);

/// The same of an Assigner's centroids.
[[nodiscard]] std::vector<std::int32_t> assign(const Assigner& assigner,
                                               const features::FeatureRows& rows);

/// One row against the centroids, for score.
struct Nearest {
  std::int32_t segment = 0;
  double distance = 0;  ///< Euclidean, to the segment's centroid, in the feature space
  double margin = 0;    ///< distance to the next nearest centroid minus `distance`; 0 if none
};

/// Measures rows against the same centroids again and again. Not collective.
class Measurer {
 public:
  /// For rows stored by `categories`. Keeps references to both.
  Measurer(const Centroids& centroids, const features::CategoryTables& categories);

  /// As assign(), with the two distances computed directly in double. Which centroid is the next
  /// nearest the kernels' scores tell; where a third is as near within their rounding errors, the
  /// distances to all decide.
  void measure(const features::FeatureRows& rows, std::span<Nearest> out) const {
    measure(rows, 0, out);
  }
  /// Likewise of rows [first, first + out.size()): whole blocks, but for the table's last one.
  void measure(const features::FeatureRows& rows, std::uint64_t first,
               std::span<Nearest> out) const;

 private:
  struct Block;
  void find_next(const features::FeatureRows& rows, std::size_t b, Block& block) const;
  void settle(const features::FeatureRows& rows, std::size_t b, Block& block) const;

  Assigner assigner_;
  std::vector<PackedCentroids> single_;  // one each
  features::Points points_;
};

/// Squared Euclidean distance of one row to one dense centroid, directly in double.
[[nodiscard]] double squared_distance(const features::FeatureRows& rows, std::uint64_t row,
                                      std::span<const float> centroid);

}  // namespace tessera::cluster
