/// \file
/// k-means: seeding, Lloyd's iterations, restarts, and segments in their canonical order.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "cluster/kmeans/lloyd.hpp"
#include "cluster/seeding/seeding.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/training.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

struct KMeansOptions {
  std::size_t segments = 8;
  Init init = Init::kParallel;
  std::optional<Centroids> given;  ///< initial centroids in place of those that `init` would find
  std::uint32_t restarts = 1;      ///< the run with the least inertia is kept, the first in a tie
  LloydOptions lloyd;
  std::uint64_t silhouette_sample = 512;  ///< rows of the monitor; 0: none
  std::uint64_t seed = 0;
  bool release_keys = false;  ///< gives up the rows' keys when the last run has its seeds
};

struct KMeansResult {
  /// Segments largest first; equal sizes in the lexicographic order of their centroids. May be
  /// fewer than asked for, if the table has fewer distinct rows.
  LloydRun best;
  std::uint32_t best_restart = 0;
};

/// Collective. Renumbers the segments largest first. A row at the same distance from two centroids
/// goes to the lower number, so new numbers can move such rows and change the sizes; the assignment
/// is therefore made again until the order stays.
[[nodiscard]] LloydRun renumber(const comm::Communicator& comm, const features::FeatureRows& rows,
                                const DataFacts& facts, const quality::SilhouetteMonitor& monitor,
                                LloydRun run);

/// Collective. The result is the same, bit for bit, at any number of ranks. Throws kUsage if
/// segments or restarts is 0, and kBadData if there are fewer rows than segments. The rows change
/// their order on the way, and are in the first one again in the end.
[[nodiscard]] KMeansResult train_kmeans(const comm::Communicator& comm, features::FeatureRows& rows,
                                        const KMeansOptions& options, TrainingObserver& observer);
[[nodiscard]] KMeansResult train_kmeans(const comm::Communicator& comm, features::FeatureRows& rows,
                                        const KMeansOptions& options);

}  // namespace tessera::cluster
