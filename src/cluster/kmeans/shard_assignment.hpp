// The segment of each row of a shard during Lloyd's iterations, and the sums that follow from it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cluster/data_facts.hpp"
#include "cluster/kernels/assigner.hpp"
#include "cluster/kernels/screen.hpp"
#include "cluster/kmeans/doubtful_rows.hpp"
#include "cluster/kmeans/pruning_trial.hpp"
#include "cluster/kmeans/row_bounds.hpp"
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

/// Decides block by block whether anything has to be done (RowBounds), for some rows or for all
/// (PruningTrial); measures blocks as they are, and single rows in batches (DoubtfulRows). Labels,
/// and the sums of the rows that moved (ShardSums), follow at once.
class ShardAssignment {
 public:
  /// Kept of each row: its label, and its bound if those pay.
  static constexpr std::size_t kBytesPerRow = sizeof(Label) + RowBounds::kBytesPerRow;

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
  /// Counts the rows that moved, of those that count, and brings the sums up to date.
  void move_massive(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                    const std::int32_t* to, const numeric::Mass* masses);
  /// Measures the first doubtful rows.
  void measure_batch();
  /// Sorts the rows of the `touched` blocks of the piece from block `first` on.
  void sort_piece(std::size_t first, std::uint64_t touched, RowOrder& order);

  const features::FeatureRows& rows_;
  ShardSums sums_;
  const quality::SilhouetteMonitor& monitor_;
  quality::SilhouetteTracker silhouette_;
  std::size_t updates_ = 0;  // so far
  std::int64_t moved_ = 0;   // rows, in the last update
  UpdateWork work_;
  std::optional<Assigner> assigner_;  // during an update
  std::optional<Screen> screen_;      // likewise, where one is of use

  simd::AlignedVector<Label> labels_;  // per row, in whole blocks
  RowBounds bounds_;
  PruningTrial trial_;
  DoubtfulRows doubtful_;
};

}  // namespace tessera::cluster
