/// \file
/// k-means: seeding, Lloyd's iterations, restarts, and segments in their canonical order.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tessera/base/fields.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/kmeans/lloyd.hpp"
#include "tessera/cluster/seeding/seeding.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

/// More segments than this there cannot be.
inline constexpr std::uint64_t kMaxSegments = 65'534;
/// Each watched row is compared with all others, in each iteration.
inline constexpr std::uint64_t kMaxSilhouetteSample = 20'000;

struct KMeansOptions {
  std::uint64_t segments = 0;  ///< to be given
  Init init = Init::kParallel;
  std::optional<Centroids> given;  ///< the initial centroids with Init::kFile
  std::uint32_t restarts = 1;      ///< the run with the least inertia is kept, the first in a tie
  LloydOptions lloyd;
  std::uint64_t silhouette_sample = 512;  ///< rows of the monitor; 0: none
  std::uint64_t seed = 0;

  /// All but `given` and the seed, which all of a program's random choices share.
  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.segments, Field{.name = "segments",
                               .value = "K",
                               .help = "number of segments; required",
                               .least = 1,
                               .most = kMaxSegments});
    visit(self.init,
          Field{.name = "init",
                .value = "HOW",
                .help = "first centroids: k-means||, k-means++, random, rows (row i*n/k), file"});
    visit(self.restarts, Field{.name = "restarts",
                               .value = "N",
                               .help = "runs; the one of least inertia is kept",
                               .least = 1});
    LloydOptions::fields(self.lloyd, visit);
    visit(self.silhouette_sample,
          Field{.name = "silhouette_sample",
                .value = "N",
                .help = "rows whose silhouette is watched while training; 0: none",
                .most = kMaxSilhouetteSample});
  }
};

/// The parts of training, in their order; seeding and iterating alternate over groups of restarts.
enum class KMeansPhase { kSurvey, kSeed, kIterate, kNumber };

/// Who watches the training. Runs are restarts, numbered from 0; several advance together.
class KMeansObserver : public LloydObserver {
 public:
  /// A part begins; the one before it has ended.
  virtual void on_phase(KMeansPhase) {}
};

struct KMeansResult {
  /// Segments largest first; equal sizes in the lexicographic order of their centroids. May be
  /// fewer than asked for, if the table has fewer distinct rows.
  LloydRun best;
  std::uint32_t best_restart = 0;
  std::uint64_t silhouette_rows = 0;
};

/// Throws kBadData if `rows` rows of `table`, a name for the message, are too few for `segments`.
void check_enough_rows(std::string_view table, std::uint64_t rows, std::uint64_t segments);

/// Collective. The result is the same, bit for bit, at any number of ranks. Throws kUsage if
/// segments or restarts is 0, and kBadData if there are fewer rows than segments. The rows change
/// their order on the way, and are in the first one again in the end.
[[nodiscard]] KMeansResult train_kmeans(const comm::Communicator& comm, features::FeatureRows& rows,
                                        const KMeansOptions& options, KMeansObserver& observer);
[[nodiscard]] KMeansResult train_kmeans(const comm::Communicator& comm, features::FeatureRows& rows,
                                        const KMeansOptions& options);

}  // namespace tessera::cluster
