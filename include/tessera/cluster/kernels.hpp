/// \file
/// The distance kernels: what training spends its time in. Each works on one block of rows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tessera/cluster/centroids.hpp"

namespace tessera::cluster {

/// What the assignment of a block's rows gives, one entry per row.
struct alignas(numeric::kAlignment) BlockAssignment {
  static constexpr std::size_t kRows = features::FeatureRows::kBlock;
  std::int32_t label[kRows];  ///< nearest centroid, the lower number in a tie
  float score[kRows];         ///< its score s(x, c), see PackedCentroids
  float second[kRows];        ///< score of the next nearest; +infinity with one centroid
};

/// How far each row of a block is from changing its segment, kept between iterations so that rows
/// which cannot change need not be looked at (G. Hamerly, "Making k-means even faster", SDM 2010,
/// with cumulated drifts in place of updated bounds).
///
/// After an assignment a row's gap is a lower bound of its distance to the next nearest centroid
/// minus that to its own. The gap shrinks by at most the drift of its own centroid plus the largest
/// drift of another. `drifts[s]` is that sum cumulated over the iterations, for segment s; a row is
/// looked at again once it reaches the row's `until` = gap + drifts[s] at the time.
struct BlockBounds {
  std::int32_t* labels;  ///< segment of each row; -1: none yet
  float* until;          ///< per row
  const float* norms;    ///< squared norm of each row
};

/// Kernels of one instruction set. All sets give the same bits, but for the bounds, which may
/// differ in their last bits and have no influence on results.
struct Kernels {
  /// Nearest centroid of each row of a block. `numeric` and `codes` are FeatureRows' blocks.
  void (*assign)(const float* numeric, const std::uint16_t* codes,
                 const PackedCentroids::View& centroids, BlockAssignment& out);

  /// The rows of a block, as bits, whose best two scores differ by at most `at_zero` + `per_norm` *
  /// the row's squared norm.
  std::uint64_t (*close_calls)(const BlockAssignment& found, const float* norms, float at_zero,
                               float per_norm);

  /// Renews `until` of a block's rows after their assignment, whose scores are right to within
  /// `slack` / 4; `least` becomes the least gap. Returns the rows whose segment changed, as bits;
  /// the labels stay as they are.
  std::uint64_t (*renew)(const BlockAssignment& found, const BlockBounds& rows, const float* drifts,
                         std::size_t segments, float slack, float& least);

  /// The rows of a block, as bits, that may have come within `margin` of another centroid.
  /// `least` becomes the least of what is left of the rows' gaps.
  std::uint64_t (*doubtful)(const BlockBounds& rows, const float* drifts, std::size_t segments,
                            float margin, float& least);

  /// Squared Euclidean distances of a block's rows to one other row, given as its numeric features
  /// and codes: 2 for each category whose levels differ, then (x - p)^2 over the numeric features,
  /// one fused multiply-add each; equal rows are at exactly 0. Where that distance is less than
  /// `nearest[i]`, it takes its place, and `label` that of `labels[i]`.
  void (*approach)(const float* numeric, const std::uint16_t* codes, const float* point,
                   const std::uint16_t* point_codes, std::size_t numeric_count,
                   std::size_t category_count, std::int32_t label, float* nearest,
                   std::int32_t* labels);

  /// The numeric features of a block in the fixed point of their sums: each times the power of two
  /// `factors[j]`, rounded to the nearest integer, ties to even. Same layout as the block.
  void (*quantise)(const float* numeric, const float* factors, std::size_t numeric_count,
                   std::int32_t* out);
};

/// The kernels for numeric::simd_level().
[[nodiscard]] const Kernels& kernels();

}  // namespace tessera::cluster
