// The segment of each row of a shard during Lloyd's iterations, and the sums that follow from it.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/cluster/centroid_sums.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/data_facts.hpp"
#include "tessera/cluster/monitor.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/feature_rows.hpp"

namespace tessera::cluster {

class ShardAssignment {
 public:
  /// No row has a segment yet. Keeps references to `rows` and `facts`.
  ShardAssignment(const features::FeatureRows& rows, std::size_t segments, const DataFacts& facts);

  /// Moves every row to its nearest centroid and brings the sums up to date. Not collective.
  void update(const Centroids& centroids, const SilhouetteMonitor& monitor);

  /// Collective. Gives rows to the segments that are empty in `total` (see run_lloyd) and corrects
  /// `total`, the sums over all ranks, and this rank's sums. False if there was nothing to do, or
  /// nothing could be done.
  bool refill_empty(const comm::Communicator& comm, const Centroids& centroids,
                    CentroidSums& total);

  [[nodiscard]] const CentroidSums& sums() const { return sums_; }

 private:
  const features::FeatureRows& rows_;
  std::vector<std::int32_t> labels_;  ///< -1 before the first update
  CentroidSums sums_;
};

}  // namespace tessera::cluster
