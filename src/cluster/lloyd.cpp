#include "tessera/cluster/lloyd.hpp"

#include <utility>

#include "shard_assignment.hpp"
#include "tessera/cluster/centroid_sums.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

double squared_shift(const Centroids& from, const Centroids& to) {
  double shift = 0;
  for (std::size_t i = 0; i < from.values.size(); ++i) {
    const double difference = double{to.values[i]} - double{from.values[i]};
    shift += difference * difference;
  }
  return shift;
}

/// The centroids of the segments that have rows.
Centroids without_empty(const Centroids& centroids, const CentroidSums& sums) {
  Centroids kept(centroids.space, 0);
  for (std::size_t i = 0; i < centroids.count; ++i) {
    if (sums.size(i) > 0) {
      kept.values.insert(kept.values.end(), centroids.row(i).begin(), centroids.row(i).end());
      ++kept.count;
    }
  }
  return kept;
}

LloydRun summarise(Centroids centroids, const CentroidSums& total,
                   const SilhouetteMonitor& monitor) {
  LloydRun run;
  run.inertia = total.inertia(centroids);
  run.silhouette = monitor.estimate(total.silhouette());
  for (std::size_t i = 0; i < centroids.count; ++i) {
    run.sizes.push_back(static_cast<std::uint64_t>(total.size(i)));
  }
  run.centroids = std::move(centroids);
  return run;
}

}  // namespace

LloydRun run_lloyd(const comm::Communicator& comm, const FeatureRows& rows, const DataFacts& facts,
                   const SilhouetteMonitor& monitor, Centroids centroids,
                   const LloydOptions& options, const IterationObserver& observer) {
  ShardAssignment assignment(rows, centroids.count, facts, monitor);
  std::uint64_t iterations = 0;
  bool converged = false;
  bool settled = false;  // no row moved: the assignment is that of the final centroids
  CentroidSums total = assignment.sums();
  while (iterations < options.max_iterations && !converged) {
    ++iterations;
    assignment.update(centroids);
    total = assignment.sums().all_reduced(comm);
    IterationReport report;
    report.iteration = iterations;
    report.inertia = total.inertia(centroids);
    report.moved = static_cast<std::uint64_t>(total.moved());
    report.silhouette = monitor.estimate(total.silhouette());

    report.measured = assignment.work().rows == 0
                          ? 0
                          : static_cast<double>(assignment.work().measured) /
                                static_cast<double>(assignment.work().rows);

    const bool refilled = assignment.refill_empty(comm, centroids, total);
    Centroids next = total.means(centroids);
    report.shift = squared_shift(centroids, next);
    settled = report.moved == 0 && !refilled;
    converged = settled || (!refilled && report.shift <= options.tolerance * facts.mean_variance);
    if (!settled) {
      centroids = std::move(next);
    }
    if (observer) {
      observer(report);
    }
  }

  if (!settled) {
    assignment.update(centroids);
    total = assignment.sums().all_reduced(comm);
  }
  Centroids kept = without_empty(centroids, total);
  LloydRun run = kept.count == centroids.count
                     ? summarise(std::move(kept), total, monitor)
                     : evaluate_centroids(comm, rows, facts, monitor, std::move(kept));
  run.iterations = iterations;
  run.updates = settled ? iterations - 1 : iterations;
  run.converged = converged;
  return run;
}

LloydRun evaluate_centroids(const comm::Communicator& comm, const FeatureRows& rows,
                            const DataFacts& facts, const SilhouetteMonitor& monitor,
                            Centroids centroids) {
  for (;;) {
    ShardAssignment assignment(rows, centroids.count, facts, monitor);
    assignment.update(centroids);
    const CentroidSums total = assignment.sums().all_reduced(comm);
    Centroids kept = without_empty(centroids, total);
    if (kept.count == centroids.count) {
      return summarise(std::move(kept), total, monitor);
    }
    centroids = std::move(kept);
  }
}

}  // namespace tessera::cluster
