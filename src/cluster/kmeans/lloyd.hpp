/// \file
/// Lloyd's iterations (S. Lloyd, "Least squares quantization in PCM", 1982) from given centroids.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "cluster/data_facts.hpp"
#include "cluster/kmeans/row_order.hpp"
#include "tessera/base/fields.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/training.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/quality/silhouette_monitor.hpp"

namespace tessera::cluster {

struct LloydOptions {
  std::uint64_t max_iterations = 300;
  /// Stop when the squared shift of all centroids together is at most this times the mean variance
  /// of the dimensions. 0: only when no row moves.
  double tolerance = 1e-4;

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit(self.max_iterations,
          Field{.name = "max_iterations", .value = "N", .help = "limit of each run", .least = 1});
    visit(self.tolerance,
          Field{.name = "tolerance",
                .value = "X",
                .help = "stop when the centroids' squared shift is below X times the mean variance",
                .least = 0,
                .most = 1e6});
  }
};

/// Where a run ended. Sizes, inertia and silhouette belong to the assignment of all rows to
/// `centroids`.
struct LloydRun {
  Centroids centroids;               ///< only segments that have rows that count
  std::vector<std::size_t> origins;  ///< which of the starting centroids each of them was
  std::vector<double> means;         ///< of each segment's rows, as centroids' values but in double
  std::vector<std::uint64_t> sizes;  ///< rows of each segment, of those that count
  std::vector<double> weights;       ///< what these weigh; as many as they are without weights
  double inertia = 0;
  quality::Estimate silhouette;
  std::uint64_t iterations = 0;  ///< assignments made, as scikit-learn's n_iter_
  std::uint64_t updates = 0;     ///< of these, those after which the centroids changed
  bool converged = false;        ///< false: stopped by max_iterations
};

/// Who watches runs, numbered in the order of their starts. Every method is called on all ranks
/// alike.
class LloydObserver {
 public:
  LloydObserver() = default;
  LloydObserver(const LloydObserver&) = delete;
  LloydObserver& operator=(const LloydObserver&) = delete;
  virtual ~LloydObserver() = default;

  virtual void on_iteration(std::size_t /*run*/, const IterationReport&) {}
  virtual void on_run(std::size_t /*run*/, const LloydRun&) {}
};

/// Where a run begins.
struct LloydStart {
  RowOrder* order;         ///< of its rows
  const DataFacts* facts;  ///< of them; outlives the run
  Centroids centroids;
};

/// Collective. Iterates from each of `starts`, which may differ in their number of centroids, until
/// no row moves, the centroids hardly shift, or the limit. The runs advance together: an iteration
/// of all reads this rank's rows once and makes one all-reduce of integers. Runs may be of
/// different rows; those of the same follow each other. A run that has ended drops out; its outcome
/// does not depend on the others. The last run may leave the rows in another order.
///
/// Empty segments: each takes the row farthest from its own centroid (ties: by a hash of the
/// values; rows equal to one already taken are passed over) and the row leaves its old segment, as
/// in scikit-learn; this costs a second pass and a gathering of a few rows, in that iteration only.
/// A row within a relative 1e-6 of its centroid is not taken: then the table has fewer distinct
/// rows than segments, and the empty ones are dropped at the end.
[[nodiscard]] std::vector<LloydRun> run_lloyd(const comm::Communicator& comm,
                                              const quality::SilhouetteMonitor& monitor,
                                              std::vector<LloydStart> starts,
                                              const LloydOptions& options, LloydObserver& observer);
/// All of the same rows.
[[nodiscard]] std::vector<LloydRun> run_lloyd(const comm::Communicator& comm, RowOrder& order,
                                              const DataFacts& facts,
                                              const quality::SilhouetteMonitor& monitor,
                                              std::vector<Centroids> starts,
                                              const LloydOptions& options, LloydObserver& observer);

/// How many runs may advance together so that what is kept of each row for all of them takes no
/// more memory than the rows themselves; at least 1.
[[nodiscard]] std::size_t runs_at_once(std::size_t row_bytes);

/// Bytes kept of each row, besides the row, while `runs` runs advance together.
[[nodiscard]] std::size_t state_bytes_per_row(std::size_t runs);

/// Collective. One assignment of all rows: fills in sizes, inertia and silhouette of `centroids`.
/// Those that no row is nearest to are dropped.
[[nodiscard]] LloydRun evaluate_centroids(const comm::Communicator& comm,
                                          const features::FeatureRows& rows, const DataFacts& facts,
                                          const quality::SilhouetteMonitor& monitor,
                                          Centroids centroids);

}  // namespace tessera::cluster
