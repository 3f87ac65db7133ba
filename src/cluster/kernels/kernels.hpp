/// \file
/// The distance kernels: what training spends its time in. Each works on one block of rows.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tessera/cluster/centroids.hpp"

namespace tessera::cluster {

/// A block of rows as the kernels read it: numeric feature j of row i is at numeric[j * stride +
/// i], byte p of its position in table t of the categories at positions[(t * position_bytes + p) *
/// stride + i].
struct BlockRows {
  static constexpr std::size_t kRows = features::FeatureRows::kBlock;
  const float* numeric;
  const std::uint8_t* positions;
  std::size_t stride;
  std::size_t numeric_count;
  float categories_norm;  ///< squared norm of a row's categories, see features::Space
  const features::CategoryTables::Table* tables;
  std::size_t table_count;
  std::size_t position_bytes;
  /// Features of the block that will be wanted next, laid out alike: fetched into the cache on the
  /// way. May point anywhere.
  const float* ahead;
  /// Its positions, likewise.
  const std::uint8_t* positions_ahead;
};

/// Block `b` of a shard.
[[nodiscard]] BlockRows block_rows(const features::FeatureRows& rows, std::size_t b);

/// The first `count` of a block's rows, up to all, as bits.
[[nodiscard]] constexpr std::uint64_t first_bits(std::size_t count) {
  return count < BlockRows::kRows ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
}

/// The number of a segment, as kept for each row.
using Label = std::uint16_t;
inline constexpr Label kNoLabel = 0xFFFF;

/// What the assignment of a block's rows gives, one entry per row.
struct alignas(simd::kAlignment) BlockAssignment {
  std::int32_t label[BlockRows::kRows];  ///< nearest centroid, the lower number in a tie
  float score[BlockRows::kRows];         ///< its score s(x, c), see PackedCentroids
  float second[BlockRows::kRows];        ///< score of the next nearest; +infinity with one centroid
};

/// Entries from one row to the next in quantised rows: whole vectors.
[[nodiscard]] constexpr std::size_t quantised_stride(std::size_t numeric_count) {
  return (numeric_count + 15) / 16 * 16;
}

/// Sums over the rows of each segment, as the kernels update them: that of numeric feature j in
/// segment s is at values[s * stride + j], the segment's size at values[s * stride + size_at].
struct SumsView {
  std::int64_t* values;
  std::size_t stride;  ///< whole cache lines
  std::size_t size_at;
  const float* factors;   ///< of the fixed point of each feature: powers of two
  std::int64_t* nowhere;  ///< as a segment's: where rows come from that are in none yet
  std::int32_t* scratch;  ///< 16 * quantised_stride() entries, aligned
};

/// How far each row is from changing its segment, kept between iterations so that rows which cannot
/// change need not be looked at (G. Hamerly, "Making k-means even faster", SDM 2010, with cumulated
/// drifts in place of updated bounds).
///
/// After an assignment a row's gap is a lower bound of its distance to the next nearest centroid
/// minus that to its own. The gap shrinks by at most the drift of its own centroid plus the largest
/// drift of another. Drift s is that sum cumulated over the iterations, for segment s; a row is
/// looked at again once it reaches the row's `until` = gap + drift s at the time.
struct Drifts {
  const float* of_segment;
  std::size_t segments;
};

/// Centroids in 16-bit fixed point, as Kernels::screen reads them: their negatives, features 2 p
/// and 2 p + 1 in the lower and upper half of pairs[(tile * pair_count + p) * kTile + lane]. Tiles
/// are PackedCentroids::kTile wide; what fills up the last one has an infinite half norm.
struct ScreenView {
  std::size_t tiles;
  const float* half_norms;  ///< [tile * kTile + lane], whole vectors of 16
  const std::int32_t* pairs;
  std::int32_t* half_norms_scratch;  ///< as many as half_norms
  std::int32_t* rows_scratch;        ///< BlockRows::kRows per pair, aligned
};

/// How a block is brought to that fixed point, see Screen.
struct ScreenScale {
  float rows;               ///< factor of its features
  float scores;             ///< factor of scores
  std::uint32_t threshold;  ///< scores that differ by at most this may be in the wrong order
};

/// Where a point is in a table of categories.
struct PointPosition {
  std::int32_t position;
  /// The squared distance of the rows that are elsewhere, in a table of one category.
  float elsewhere;
  /// The squared distance to it that the table's categories add at each position of one that they
  /// may share: CategoryTables::kShared entries, aligned. Of no use for others, of one category.
  const float* unequal;
};

/// Up to so many rows of a block are picked from it one by one, without reading the others.
inline constexpr std::size_t kFewRows = 7;

/// Kernels of one instruction set. All sets give the same bits, but for the bounds, which may
/// differ in their last bits and have no influence on results. Arrays "per row" have an entry for
/// each row of the block and are aligned to simd::kAlignment; sets of rows are bits.
struct Kernels {
  /// Nearest centroid of each row; gives the rows whose best two scores differ by no more than the
  /// threshold.
  std::uint64_t (*assign)(const BlockRows& rows, const PackedCentroids::View& centroids,
                          float threshold, BlockAssignment& out);

  /// The nearest centroid of rows without categories, in integers; gives the rows whose best two
  /// scores differ by no more than the threshold. Null where this is not faster than `assign`.
  std::uint64_t (*screen)(const BlockRows& rows, const ScreenView& centroids,
                          const ScreenScale& scale, std::int32_t* label);

  /// Largest squared norm of a row.
  float (*largest_norm)(const BlockRows& rows);

  /// The rows whose segment changed from `labels`, per row.
  std::uint64_t (*moved)(const BlockAssignment& found, const Label* labels);

  /// Sets `labels`, per row, to the segments found.
  void (*relabel)(const BlockAssignment& found, Label* labels);

  /// Sets `until`, per row, after an assignment whose scores are right to within `slack` / 4.
  /// Returns the least gap.
  float (*renew)(const BlockRows& rows, const BlockAssignment& found, const Drifts& drifts,
                 float slack, float* until);

  /// The rows that may have come within `margin` of another centroid. `labels` and `until` are per
  /// row; `least` becomes the least of what is left of the rows' gaps.
  std::uint64_t (*doubtful)(const Label* labels, const float* until, const Drifts& drifts,
                            float margin, float& least);

  /// Appends `chosen` rows to others: the features of the first one come to numbers[j * stride],
  /// byte n of its positions, table after table, to positions[n * stride]. May write up to 16
  /// entries past the last one.
  void (*sift)(const BlockRows& rows, std::uint64_t chosen, float* numbers, std::uint8_t* positions,
               std::size_t stride);

  /// Takes `chosen` rows away from the sums of the segments they are in, and adds them to those
  /// that they go `to`, per row. What is added is a feature times its factor, rounded to the
  /// nearest integer, ties to even, which has to fit 32 bits.
  void (*move_sums)(const BlockRows& rows, std::uint64_t chosen, const Label* labels,
                    const std::int32_t* to, const SumsView& sums);

  /// Squared Euclidean distances of a block's rows to one other row, given as its numeric features
  /// and where it is in each table: what categories whose levels differ add, then (x - p)^2 over
  /// the numeric features, one fused multiply-add each; equal rows are at exactly 0. Where that
  /// distance is less than `nearest[i]`, it takes its place, and `label` that of `labels[i]`.
  void (*approach)(const BlockRows& rows, const float* point, const PointPosition* point_positions,
                   std::int32_t label, float* nearest, std::int32_t* labels);
};

/// The kernels for simd::simd_level().
[[nodiscard]] const Kernels& kernels();

}  // namespace tessera::cluster
