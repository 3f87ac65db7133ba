#include "cluster/kmeans/kmeans.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/cluster/method.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

constexpr int kMaxRenumberings = 8;

/// Positions of the segments in canonical order.
std::vector<std::size_t> canonical_order(const LloydRun& run) {
  std::vector<std::size_t> order(run.centroids.count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return run.weights[a] != run.weights[b]
               ? run.weights[a] > run.weights[b]
               : std::ranges::lexicographical_compare(run.centroids.row(a), run.centroids.row(b));
  });
  return order;
}

/// Numbers the runs of a group of restarts among all.
class GroupObserver final : public LloydObserver {
 public:
  GroupObserver(TrainingObserver& observer, std::size_t first)
      : observer_(observer), first_(first) {}
  void on_iteration(std::size_t run, const IterationReport& report) override {
    observer_.on_iteration(first_ + run, report);
  }
  void on_run(std::size_t run, const LloydRun& outcome) override {
    observer_.on_run(first_ + run, {outcome.inertia, outcome.iterations});
  }

 private:
  TrainingObserver& observer_;
  std::size_t first_;
};

}  // namespace

LloydRun renumber(const comm::Communicator& comm, const FeatureRows& rows, const DataFacts& facts,
                  const quality::SilhouetteMonitor& monitor, LloydRun run) {
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
    for (std::size_t& origin : again.origins) {
      origin = run.origins[order[origin]];
    }
    again.iterations = run.iterations;
    again.updates = run.updates;
    again.converged = run.converged;
    run = std::move(again);
  }
  return run;
}

KMeansResult train_kmeans(const comm::Communicator& comm, FeatureRows& rows,
                          const KMeansOptions& options, TrainingObserver& observer) {
  if (options.segments < 1 || options.segments > kMostSegments || options.restarts < 1) {
    fail(ExitCode::kUsage, "{} segments in {} runs: expected 1 to {}, in 1 or more",
         options.segments, options.restarts, kMostSegments);
  }
  check_enough_rows("the table", comm.all_sum(rows.rows()), options.segments);
  observer.on_runs(options.restarts);
  observer.on_phase("survey");
  const DataFacts facts = survey(comm, rows);
  const quality::SilhouetteMonitor monitor(comm, rows, options.silhouette_sample, options.seed);

  RowOrder order(rows);
  KMeansResult result;
  result.best.inertia = std::numeric_limits<double>::infinity();
  const auto at_once = static_cast<std::uint32_t>(
      std::min<std::size_t>(runs_at_once(rows.row_bytes()), options.restarts));
  for (std::uint32_t first = 0; first < options.restarts; first += at_once) {
    observer.on_phase("seed");
    order.restore();
    std::vector<Centroids> starts;
    for (std::uint32_t i = 0; i < at_once && first + i < options.restarts; ++i) {
      starts.push_back(options.given ? *options.given
                                     : seed_centroids(comm, rows, facts, options.init,
                                                      options.segments, options.seed, first + i));
    }
    if (options.release_keys && options.restarts - first <= at_once) {
      rows.set_keys({});
    }
    observer.on_phase("iterate");
    GroupObserver group(observer, first);
    std::vector<LloydRun> runs =
        run_lloyd(comm, order, facts, monitor, std::move(starts), options.lloyd, group);
    for (std::uint32_t i = 0; i < runs.size(); ++i) {
      if (runs[i].inertia < result.best.inertia) {
        result.best = std::move(runs[i]);
        result.best_restart = first + i;
      }
    }
  }
  observer.on_phase("number segments");
  result.best = renumber(comm, rows, facts, monitor, std::move(result.best));
  return result;
}

KMeansResult train_kmeans(const comm::Communicator& comm, FeatureRows& rows,
                          const KMeansOptions& options) {
  TrainingObserver nobody;
  return train_kmeans(comm, rows, options, nobody);
}

}  // namespace tessera::cluster
