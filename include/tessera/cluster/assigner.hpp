/// \file
/// The nearest centroid of rows, decided as exactly as the prepared values allow.
#pragma once

#include <cstdint>

#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/kernels.hpp"
#include "tessera/features/feature_rows.hpp"

namespace tessera::cluster {

/// Squared norms of the rows of block `b`, one-hot dimensions included; kBlock values.
void block_norms(const features::FeatureRows& rows, std::size_t b, float* norms);

/// Assigns blocks of rows to given centroids. The kernels compare scores in single precision; where
/// the best two are closer to each other than their rounding errors, the row's distances to all
/// centroids are computed directly in double, and they decide. Whether they have to depends on the
/// row and the centroids alone, so the outcome is the same in any block, on any rank, at any SIMD
/// level. Keeps a reference to the centroids.
class Assigner {
 public:
  explicit Assigner(const Centroids& centroids);

  [[nodiscard]] std::size_t count() const { return packed_.count(); }
  [[nodiscard]] double largest_norm() const { return packed_.largest_norm(); }

  /// `norms` as block_norms() gives them. Rows past the end of the table are assigned like others.
  void assign(const features::FeatureRows& rows, std::size_t b, const float* norms,
              BlockAssignment& out) const;

  /// A bound of the error of the score of a row with squared norm `norm`.
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
