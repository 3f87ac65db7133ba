#include "tessera/cluster/kmeans.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "tessera/base/error.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

constexpr std::size_t kMaxSegments = 65'534;
constexpr int kMaxRenumberings = 8;

/// Positions of the segments in canonical order.
std::vector<std::size_t> canonical_order(const LloydRun& run) {
  std::vector<std::size_t> order(run.centroids.count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return run.sizes[a] != run.sizes[b]
               ? run.sizes[a] > run.sizes[b]
               : std::ranges::lexicographical_compare(run.centroids.row(a), run.centroids.row(b));
  });
  return order;
}

/// Renumbers the segments. A row at the same distance from two centroids goes to the lower number,
/// so new numbers can move such rows and change the sizes; the assignment is therefore made again
/// until the order stays.
LloydRun renumber(const comm::Communicator& comm, const FeatureRows& rows, const DataFacts& facts,
                  const SilhouetteMonitor& monitor, LloydRun run) {
  for (int attempt = 0; attempt < kMaxRenumberings; ++attempt) {
    const std::vector<std::size_t> order = canonical_order(run);
    if (std::ranges::is_sorted(order)) {
      break;
    }
    Centroids ordered(run.centroids.space, run.centroids.count);
    for (std::size_t i = 0; i < order.size(); ++i) {
      std::ranges::copy(run.centroids.row(order[i]), ordered.row(i).begin());
    }
    LloydRun again = evaluate_centroids(comm, rows, facts, monitor, std::move(ordered));
    again.iterations = run.iterations;
    again.updates = run.updates;
    again.converged = run.converged;
    run = std::move(again);
  }
  return run;
}

void check(const KMeansOptions& options, std::uint64_t rows) {
  if (options.segments < 1 || options.segments > kMaxSegments) {
    fail(ExitCode::kUsage, "--segments {}: expected 1 to {}", options.segments, kMaxSegments);
  }
  if (options.restarts < 1) {
    fail(ExitCode::kUsage, "--restarts 0: expected at least 1");
  }
  check_enough_rows("the table", rows, options.segments);
}

}  // namespace

void check_enough_rows(std::string_view table, std::uint64_t rows, std::uint64_t segments) {
  if (segments > rows) {
    fail(ExitCode::kBadData,
         "{}: {} segments cannot be made of {} row{}; ask for fewer with --segments", table,
         segments, rows, rows == 1 ? "" : "s");
  }
}

KMeansResult train_kmeans(const comm::Communicator& comm, const FeatureRows& rows,
                          const KMeansOptions& options, KMeansObserver& observer) {
  check(options, comm.all_sum(rows.rows()));
  observer.on_phase(KMeansPhase::kSurvey);
  const DataFacts facts = survey(comm, rows);
  const SilhouetteMonitor monitor(comm, rows, options.silhouette_sample, options.seed);

  KMeansResult result;
  result.silhouette_rows = monitor.rows();
  result.best.inertia = std::numeric_limits<double>::infinity();
  for (std::uint32_t restart = 0; restart < options.restarts; ++restart) {
    observer.on_phase(KMeansPhase::kSeed);
    Centroids initial = options.init == Init::kFile
                            ? options.given.value()
                            : seed_centroids(comm, rows, facts, options.init, options.segments,
                                             options.seed, restart);
    observer.on_phase(KMeansPhase::kIterate);
    LloydRun run =
        run_lloyd(comm, rows, facts, monitor, std::move(initial), options.lloyd,
                  [&](const IterationReport& report) { observer.on_iteration(restart, report); });
    observer.on_run(restart, run);
    if (run.inertia < result.best.inertia) {
      result.best = std::move(run);
      result.best_restart = restart;
    }
  }
  observer.on_phase(KMeansPhase::kNumber);
  result.best = renumber(comm, rows, facts, monitor, std::move(result.best));
  return result;
}

KMeansResult train_kmeans(const comm::Communicator& comm, const FeatureRows& rows,
                          const KMeansOptions& options) {
  KMeansObserver nobody;
  return train_kmeans(comm, rows, options, nobody);
}

}  // namespace tessera::cluster
