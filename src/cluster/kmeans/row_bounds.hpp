// How far the rows of a shard are from changing their segment.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "cluster/kernels/assigner.hpp"
#include "cluster/kernels/kernels.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::cluster {

/// Bounds of single rows, and of the rows of a block together: see Drifts. A block may have none;
/// then its rows are not known to be anywhere. `labels` are those of the rows of the block meant.
class RowBounds {
 public:
  static constexpr std::size_t kBytesPerRow = sizeof(float);

  /// No block has bounds yet. Keeps a reference to `rows`.
  RowBounds(const features::FeatureRows& rows, std::size_t segments);

  /// Before the rows are assigned to `centroids`, which is what `assigner` does.
  void begin_update(const Centroids& centroids, const Assigner& assigner);

  [[nodiscard]] bool has(std::size_t b) const { return block_until_[b] != kNever; }
  /// Whether no row of the block can have changed its segment.
  [[nodiscard]] bool settled(std::size_t b) const {
    return block_until_[b] - block_drift_ > margin(b);
  }
  /// The rows that may have changed their segment, of a block that has bounds. If there are none,
  /// the block's bound becomes that of its rows.
  [[nodiscard]] std::uint64_t doubtful(std::size_t b, const Label* labels);

  /// The greatest norm of a block's rows, once measured.
  [[nodiscard]] float radius(std::size_t b) const { return block_radii_[b]; }
  void measure_radius(const BlockRows& rows, std::size_t b);

  /// New bounds of all rows of a block, from their assignment.
  void renew(const BlockRows& rows, std::size_t b, const BlockAssignment& found, double slack);
  /// The block has none any more.
  void drop(std::size_t b) { block_until_[b] = kNever; }

  /// New bounds of rows of different blocks.
  struct Renewed {
    alignas(simd::kAlignment) float until[BlockRows::kRows];
    double least;  ///< for a block
  };
  void renew(const BlockRows& rows, const BlockAssignment& found, double slack, Renewed& out) const;
  /// Sets that of one of them, unless its block has no bounds.
  void keep(std::uint64_t row, float until, double least) {
    double& block_until = block_until_[row / kBlock];
    if (block_until != kNever) {
      until_[row] = until;
      block_until = least < block_until ? least : block_until;
    }
  }

  /// For how many updates a row may be passed over, if all go on as the last one. Below 0 if it may
  /// not be.
  [[nodiscard]] float updates_left(std::uint64_t row, Label label) const {
    return (until_[row] - drifts_f_[label]) * updates_per_drift_[label];
  }
  /// As FeatureRows::reorder, of whole blocks.
  void reorder(std::span<const std::size_t> blocks, std::span<const std::uint16_t> order);
  /// The block's own bound and radius again, after its rows were reordered.
  void refresh(std::size_t b, const Label* labels);

  /// Asks for the bounds of a block's rows.
  void prefetch(std::size_t b) const {
    constexpr std::size_t kLine = simd::kAlignment / sizeof(float);
    for (std::size_t row = 0; row < kBlock; row += kLine) {
      __builtin_prefetch(until_.data() + b * kBlock + row, 1);
    }
  }

 private:
  static constexpr std::size_t kBlock = features::FeatureRows::kBlock;
  static constexpr float kNever = -std::numeric_limits<float>::infinity();

  void add_drifts(const Centroids& centroids);
  [[nodiscard]] Drifts drifts() const { return {drifts_f_.data(), segments_}; }
  /// Closer than this to another centroid, a row of block `b` may have changed its segment.
  [[nodiscard]] double margin(std::size_t b) const {
    return margin_at_zero_ + margin_per_radius_ * double{block_radii_[b]};
  }

  const features::FeatureRows& rows_;
  std::size_t segments_;
  simd::AlignedVector<float> until_;  // per row, in whole blocks; of blocks that have bounds

  // Per block: a bound for all its rows together. It counts against the drift that no segment's
  // exceeds.
  std::vector<double> block_until_;
  std::vector<float> block_radii_;
  double block_drift_ = 0;

  Centroids previous_;                    // of the last update; none before the first
  std::vector<double> drifts_;            // per segment
  simd::AlignedVector<float> drifts_f_;   // the same, rounded up
  double greatest_drift_ = 0;             // of drifts_
  std::vector<float> updates_per_drift_;  // of each segment, at its last drift
  double margin_at_zero_ = 0;             // see margin()
  double margin_per_radius_ = 0;
};

}  // namespace tessera::cluster
