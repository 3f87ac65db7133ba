// The segment of each row of a shard during Lloyd's iterations, and the sums that follow from it.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/cluster/assigner.hpp"
#include "tessera/cluster/centroid_sums.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/data_facts.hpp"
#include "tessera/cluster/monitor.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/feature_rows.hpp"

namespace tessera::cluster {

/// How much of the work an update did.
struct UpdateWork {
  std::uint64_t rows = 0;      ///< of this rank
  std::uint64_t measured = 0;  ///< rows whose distances to all centroids were computed
};

class ShardAssignment {
 public:
  /// No row has a segment yet. Keeps references to `rows` and `facts`.
  ShardAssignment(const features::FeatureRows& rows, std::size_t segments, const DataFacts& facts);

  /// Moves every row to its nearest centroid and brings the sums up to date. Rows that cannot have
  /// changed their segment since the last update are passed over, whole blocks unread. The outcome
  /// is that of measuring every row, bit for bit. Not collective.
  void update(const Centroids& centroids, const SilhouetteMonitor& monitor);

  /// Collective. Gives rows to the segments that are empty in `total` (see run_lloyd) and corrects
  /// `total`, the sums over all ranks, and this rank's sums. False if there was nothing to do, or
  /// nothing could be done.
  bool refill_empty(const comm::Communicator& comm, const Centroids& centroids,
                    CentroidSums& total);

  [[nodiscard]] const CentroidSums& sums() const { return sums_; }
  /// Of the last update.
  [[nodiscard]] const UpdateWork& work() const { return work_; }

 private:
  static constexpr std::size_t kBlock = features::FeatureRows::kBlock;

  /// Rows of different blocks, brought together to be measured at once.
  struct Batch {
    explicit Batch(const features::Space& space) : rows(space, kBlock, 0) {}
    features::FeatureRows rows;
    std::vector<std::uint64_t> origin;
  };

  void measure_norms();
  void add_drifts(const Centroids& centroids);
  void update_block(std::size_t b, const Assigner& assigner);
  void update_batch(const Assigner& assigner);
  [[nodiscard]] std::size_t batch_limit() const;
  /// Gives the rows of a block that `moved` names their segment in `to`, and corrects the sums.
  void move_rows(const float* numeric, const std::uint16_t* codes, std::uint64_t moved,
                 const std::int32_t* to, std::int32_t* labels);
  [[nodiscard]] BlockBounds bounds_of(std::size_t b) {
    return {labels_.data() + b * kBlock, until_.data() + b * kBlock, norms_.data() + b * kBlock};
  }
  void reconsider(std::uint64_t row);

  const features::FeatureRows& rows_;
  std::size_t segments_;
  CentroidSums sums_;
  std::size_t updates_ = 0;  // so far
  std::int64_t moved_ = 0;   // rows, in the last update
  UpdateWork work_;

  // whole blocks, see BlockBounds
  numeric::AlignedVector<std::int32_t> labels_;
  numeric::AlignedVector<float> until_;
  numeric::AlignedVector<float> norms_;

  // per block: the greatest squared norm of its rows, and a bound for all its rows together, as
  // BlockBounds has it per row but against the drift that no segment's exceeds
  std::vector<float> block_norms_;
  std::vector<double> block_until_;
  double block_drift_ = 0;

  Centroids previous_;                      // of the last update; none before the first
  std::vector<double> drifts_;              // see BlockBounds, per segment
  numeric::AlignedVector<float> drifts_f_;  // the same, rounded up
  double greatest_drift_ = 0;               // of drifts_
  bool look_at_rows_ = true;                // whether looking at single rows has paid lately
  std::uint64_t looked_at_ = 0;             // blocks whose rows were looked at in this update
  std::uint64_t spared_ = 0;                // of these, blocks that were not measured whole

  Batch batch_;
  numeric::AlignedVector<float> factors_;           // of the fixed point of each feature
  numeric::AlignedVector<std::int32_t> quantised_;  // one block
};

}  // namespace tessera::cluster
