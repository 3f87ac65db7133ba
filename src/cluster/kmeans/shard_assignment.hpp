// The segment of each row of a shard during Lloyd's iterations, and the sums that follow from it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cluster/data_facts.hpp"
#include "cluster/kernels/assigner.hpp"
#include "cluster/kernels/row_batch.hpp"
#include "cluster/kernels/screen.hpp"
#include "cluster/kmeans/pruning_trial.hpp"
#include "cluster/kmeans/row_order.hpp"
#include "cluster/kmeans/shard_sums.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/quality/silhouette_monitor.hpp"

namespace tessera::cluster {

/// How much of the work an update did.
struct UpdateWork {
  std::uint64_t rows = 0;      ///< of this rank
  std::uint64_t measured = 0;  ///< rows whose distances to all centroids were computed
  std::uint64_t sorted = 0;    ///< rows that were sorted
};

/// What an update counts over all ranks: it rides along with the sums.
struct UpdateCounts {
  std::int64_t moved = 0;  ///< rows
  quality::SilhouetteSums silhouette;

  explicit UpdateCounts(const CentroidSums& total)
      : moved(total.riders()[0]), silhouette{total.riders()[1], total.riders()[2]} {}
  UpdateCounts(std::int64_t rows, const quality::SilhouetteSums& sums)
      : moved(rows), silhouette(sums) {}
  [[nodiscard]] CentroidSums::Riders riders() const {
    return {moved, silhouette.values, silhouette.squares};
  }
};

class ShardAssignment {
 public:
  /// Kept of each row: its label, and its bound if those pay.
  static constexpr std::size_t kBytesPerRow = sizeof(Label) + sizeof(float);

  /// No row has a segment yet. Keeps references to all but `segments`.
  ShardAssignment(const features::FeatureRows& rows, std::size_t segments, const DataFacts& facts,
                  const quality::SilhouetteMonitor& monitor);

  /// Moves every row to its nearest centroid and brings the sums up to date. Rows that cannot have
  /// changed their segment since the last update are passed over, whole blocks unread. The outcome
  /// is that of measuring every row, bit for bit. Not collective.
  void update(const Centroids& centroids);

  struct Task {
    ShardAssignment* assignment;
    const Centroids* centroids;
    std::uint64_t to_come = 0;  ///< updates after this one, at most
  };
  /// The same for one or more assignments of `rows` in one pass: each block is read once for all.
  static void update_all(const features::FeatureRows& rows, std::span<const Task> tasks);
  /// The same for one assignment that is the only one of the rows. Where it pays, rows that will
  /// have to be looked at soon are sorted away from the others, so that there are whole blocks to
  /// pass over.
  static void update_alone(RowOrder& order, const Task& task);

  /// Collective. Gives rows to the segments that are empty in `total` (see run_lloyd) and corrects
  /// `total`, the sums over all ranks, and this rank's sums. False if there was nothing to do, or
  /// nothing could be done.
  bool refill_empty(const comm::Communicator& comm, const RowOrder& order,
                    const Centroids& centroids, CentroidSums& total);

  [[nodiscard]] const CentroidSums& sums() const { return sums_.sums(); }
  /// Of the last update.
  [[nodiscard]] const UpdateWork& work() const { return work_; }

 private:
  static constexpr std::size_t kBlock = features::FeatureRows::kBlock;

  void begin_update(const Centroids& centroids);
  /// Blocks [first, last). Those of the first piece of a RowOrder that were looked at, as bits.
  std::uint64_t update_blocks(std::size_t first, std::size_t last);
  void end_update(std::uint64_t to_come);
  void add_drifts(const Centroids& centroids);
  /// Closer than this to another centroid, a row of block `b` may have changed its segment.
  [[nodiscard]] double margin(std::size_t b) const {
    return margin_at_zero_ + margin_per_radius_ * double{block_radii_[b]};
  }
  /// Whether no row of block `b` can have changed its segment.
  [[nodiscard]] bool settled(std::size_t b) const {
    return block_until_[b] - block_drift_ > margin(b);
  }
  /// What an update has to do for a block.
  enum class Work : std::uint8_t { kNone, kPick, kWhole };
  struct Plan {
    Work work = Work::kNone;
    bool reads_all = false;      // all features of the block, by vectors
    std::uint64_t doubtful = 0;  // rows to pick
  };
  [[nodiscard]] Plan plan(std::size_t b);
  /// Asks for what is kept of block `b`.
  void prefetch_state(std::size_t b) const;
  /// Asks for its positions, and the numeric features of some of its rows.
  void prefetch_rows(std::size_t b, std::uint64_t chosen) const;
  /// Brings the doubtful rows of block `b` to the batch.
  void pick(const BlockRows& rows, std::size_t b, std::uint64_t doubtful);
  void measure_block(const BlockRows& rows, std::size_t b);
  /// Finds labels alone; gives the rows that it is not certain of, which keep theirs.
  std::uint64_t screen_block(const BlockRows& rows, std::size_t b, BlockAssignment& found);
  /// Measures the first doubtful rows.
  void measure_batch();
  void reconsider(std::uint64_t row);
  /// Sorts the rows of the `touched` blocks of the piece from block `first` on.
  void sort_piece(std::size_t first, std::uint64_t touched, RowOrder& order);
  /// The rows of `blocks`, counted through all of them, in the order of when they may have to be
  /// looked at.
  void sort_rows(std::span<const std::size_t> blocks, std::span<std::uint16_t> sorted) const;

  const features::FeatureRows& rows_;
  std::size_t segments_;
  ShardSums sums_;
  const quality::SilhouetteMonitor& monitor_;
  quality::SilhouetteTracker silhouette_;
  std::size_t updates_ = 0;  // so far
  std::int64_t moved_ = 0;   // rows, in the last update
  UpdateWork work_;
  std::optional<Assigner> assigner_;  // during an update
  std::optional<Screen> screen_;      // likewise, where one is of use

  // per row, in whole blocks
  simd::AlignedVector<Label> labels_;
  simd::AlignedVector<float> until_;  // see Drifts; of blocks that have a block_until_

  // per block: the greatest norm of its rows, and a bound for all its rows together, as until_ has
  // it per row but against the drift that no segment's exceeds
  std::vector<float> block_radii_;
  std::vector<double> block_until_;
  double block_drift_ = 0;

  Centroids previous_;                    // of the last update; none before the first
  std::vector<double> drifts_;            // see Drifts
  simd::AlignedVector<float> drifts_f_;   // the same, rounded up
  double greatest_drift_ = 0;             // of drifts_
  std::vector<float> updates_per_drift_;  // of each segment, at its last drift
  double margin_at_zero_ = 0;             // see margin()
  double margin_per_radius_ = 0;

  PruningTrial trial_;

  RowBatch doubtful_;
  std::array<std::uint64_t, RowBatch::kCapacity> doubtful_rows_{};  // where they are from
  float doubtful_radius_ = 0;                                       // the greatest of their blocks
};

}  // namespace tessera::cluster
