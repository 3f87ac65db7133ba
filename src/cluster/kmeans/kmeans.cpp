#include "tessera/cluster/kmeans/kmeans.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "tessera/base/error.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

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

/// Numbers the runs of a group of restarts among all.
class GroupObserver final : public LloydObserver {
 public:
  GroupObserver(LloydObserver& observer, std::size_t first) : observer_(observer), first_(first) {}
  void on_iteration(std::size_t run, const IterationReport& report) override {
    observer_.on_iteration(first_ + run, report);
  }
  void on_run(std::size_t run, const LloydRun& outcome) override {
    observer_.on_run(first_ + run, outcome);
  }

 private:
  LloydObserver& observer_;
  std::size_t first_;
};

void check(const KMeansOptions& options, std::uint64_t rows) {
  check_fields(options);
  check_enough_rows("the table", rows, options.segments);
}

}  // namespace

void check_enough_rows(std::string_view table, std::uint64_t rows, std::uint64_t segments) {
  if (segments > rows) {
    fail_about("segments", ExitCode::kBadData,
               "{}: {} segments cannot be made of {} row{}; ask for fewer", table, segments, rows,
               rows == 1 ? "" : "s");
  }
}

KMeansResult train_kmeans(const comm::Communicator& comm, FeatureRows& rows,
                          const KMeansOptions& options, KMeansObserver& observer) {
  check(options, comm.all_sum(rows.rows()));
  observer.on_phase(KMeansPhase::kSurvey);
  const DataFacts facts = survey(comm, rows);
  const SilhouetteMonitor monitor(comm, rows, options.silhouette_sample, options.seed);

  RowOrder order(rows);
  KMeansResult result;
  result.silhouette_rows = monitor.rows();
  result.best.inertia = std::numeric_limits<double>::infinity();
  const auto at_once = static_cast<std::uint32_t>(
      std::min<std::size_t>(runs_at_once(rows.row_bytes()), options.restarts));
  for (std::uint32_t first = 0; first < options.restarts; first += at_once) {
    observer.on_phase(KMeansPhase::kSeed);
    order.restore();
    std::vector<Centroids> starts;
    for (std::uint32_t i = 0; i < at_once && first + i < options.restarts; ++i) {
      starts.push_back(options.init == Init::kFile
                           ? options.given.value()
                           : seed_centroids(comm, rows, facts, options.init, options.segments,
                                            options.seed, first + i));
    }
    observer.on_phase(KMeansPhase::kIterate);
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
  observer.on_phase(KMeansPhase::kNumber);
  result.best = renumber(comm, rows, facts, monitor, std::move(result.best));
  return result;
}

KMeansResult train_kmeans(const comm::Communicator& comm, FeatureRows& rows,
                          const KMeansOptions& options) {
  KMeansObserver nobody;
  return train_kmeans(comm, rows, options, nobody);
}

}  // namespace tessera::cluster
