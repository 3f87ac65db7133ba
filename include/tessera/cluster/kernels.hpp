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

/// Kernels of one instruction set. All sets give the same bits.
struct Kernels {
  /// Nearest centroid of each row of a block. `numeric` and `codes` are FeatureRows' blocks.
  void (*assign)(const float* numeric, const std::uint16_t* codes,
                 const PackedCentroids::View& centroids, BlockAssignment& out);

  /// Squared Euclidean distances of a block's rows to one other row, given as its numeric features
  /// and codes: 2 for each category whose levels differ, then (x - p)^2 over the numeric features,
  /// one fused multiply-add each; equal rows are at exactly 0. `nearest[i]` becomes the smaller of
  /// itself and that distance.
  void (*approach)(const float* numeric, const std::uint16_t* codes, const float* point,
                   const std::uint16_t* point_codes, std::size_t numeric_count,
                   std::size_t category_count, float* nearest);
};

/// The kernels for numeric::simd_level().
[[nodiscard]] const Kernels& kernels();

}  // namespace tessera::cluster
