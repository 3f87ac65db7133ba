/// \file
/// The nearest centroid of rows, decided as exactly as the prepared values allow.
#pragma once

#include <cstdint>

#include "cluster/kernels/kernels.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

/// Assigns blocks of rows to given centroids. The kernels compare scores in single precision; where
/// the best two are closer to each other than their rounding errors, the row's distances to all
/// centroids are computed directly in double, and they decide. So the outcome is always that of
/// double precision: the same in any block, on any rank, at any SIMD level. Keeps references to the
/// centroids and to the categories, by which the rows have to be stored.
class Assigner {
 public:
  Assigner(const Centroids& centroids, const features::CategoryTables& categories);

  [[nodiscard]] std::size_t count() const { return packed_.count(); }
  [[nodiscard]] double largest_norm() const { return packed_.largest_norm(); }

  /// Rows past the end of the table are assigned like others.
  void assign(const features::FeatureRows& rows, std::size_t b, BlockAssignment& out) const;

  /// The same for any block of rows, of which the first `count` matter; `largest_norm` is a bound
  /// of their squared norms.
  void assign(const BlockRows& rows, std::size_t count, float largest_norm,
              BlockAssignment& out) const;

  /// A bound of the error of the score of a row with squared norm up to `norm`.
  [[nodiscard]] double score_error(double norm) const {
    return error_at_zero_ + error_per_norm_ * norm;
  }

 private:
  const Centroids& centroids_;
  PackedCentroids packed_;
  double error_at_zero_;
  double error_per_norm_;
};

}  // namespace tessera::cluster
