#include "cluster/kmeans/lloyd.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "cluster/kmeans/centroid_sums.hpp"
#include "cluster/kmeans/shard_assignment.hpp"

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
                   const quality::SilhouetteMonitor& monitor) {
  LloydRun run;
  run.inertia = total.inertia(centroids);
  run.silhouette = monitor.estimate(UpdateCounts(total).silhouette);
  for (std::size_t i = 0; i < centroids.count; ++i) {
    run.sizes.push_back(static_cast<std::uint64_t>(total.size(i)));
  }
  run.centroids = std::move(centroids);
  return run;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// One of the runs that advance together.
class Run {
 public:
  Run(const FeatureRows& rows, const DataFacts& facts, const quality::SilhouetteMonitor& monitor,
      Centroids start, const LloydOptions& options)
      : facts_(facts),
        monitor_(monitor),
        options_(options),
        centroids_(std::move(start)),
        assignment_(std::make_unique<ShardAssignment>(rows, centroids_.count, facts, monitor)),
        closing_(options.max_iterations == 0) {}

  [[nodiscard]] bool ended() const { return assignment_ == nullptr; }
  [[nodiscard]] ShardAssignment& assignment() { return *assignment_; }
  /// What is to be done to it next.
  [[nodiscard]] ShardAssignment::Task task() {
    return {assignment_.get(), &centroids_, closing_ ? 0 : options_.max_iterations - iterations_};
  }

  /// Collective. Goes on from the sums over all ranks after an update of the assignment. Gives the
  /// iteration's report, if the update was one: a run that stops before no row moves needs one more
  /// to know the assignment to its last centroids.
  std::optional<IterationReport> advance(const comm::Communicator& comm, const RowOrder& order,
                                         CentroidSums total) {
    if (closing_) {
      end(total);
      return std::nullopt;
    }
    ++iterations_;
    IterationReport report;
    report.iteration = iterations_;
    report.inertia = total.inertia(centroids_);
    const UpdateCounts counts(total);
    report.moved = static_cast<std::uint64_t>(counts.moved);
    report.silhouette = monitor_.estimate(counts.silhouette);
    const UpdateWork& work = assignment_->work();
    report.measured = share(work.measured, work.rows);
    report.sorted = share(work.sorted, work.rows);

    const bool refilled = assignment_->refill_empty(comm, order, centroids_, total);
    Centroids next = total.means(centroids_);
    report.shift = squared_shift(centroids_, next);
    const bool settled = report.moved == 0 && !refilled;
    converged_ =
        settled || (!refilled && report.shift <= options_.tolerance * facts_.mean_variance);
    if (settled) {
      updates_ = iterations_ - 1;
      end(total);
    } else {
      updates_ = iterations_;
      centroids_ = std::move(next);
      closing_ = converged_ || iterations_ == options_.max_iterations;
    }
    return report;
  }

  /// Collective. What came of an ended run.
  LloydRun outcome(const comm::Communicator& comm, const FeatureRows& rows) {
    Centroids kept = without_empty(centroids_, *total_);
    LloydRun run = kept.count == centroids_.count
                       ? summarise(std::move(kept), *total_, monitor_)
                       : evaluate_centroids(comm, rows, facts_, monitor_, std::move(kept));
    run.iterations = iterations_;
    run.updates = updates_;
    run.converged = converged_;
    return run;
  }

 private:
  void end(const CentroidSums& total) {
    total_ = total;
    assignment_.reset();
  }

  const DataFacts& facts_;
  const quality::SilhouetteMonitor& monitor_;
  const LloydOptions& options_;
  Centroids centroids_;
  std::unique_ptr<ShardAssignment> assignment_;  // until the run has ended
  std::optional<CentroidSums> total_;            // from then on
  bool closing_;
  bool converged_ = false;
  std::uint64_t iterations_ = 0;
  std::uint64_t updates_ = 0;
};

}  // namespace

std::vector<LloydRun> run_lloyd(const comm::Communicator& comm, RowOrder& order,
                                const DataFacts& facts, const quality::SilhouetteMonitor& monitor,
                                std::vector<Centroids> starts, const LloydOptions& options,
                                LloydObserver& observer) {
  const FeatureRows& rows = order.rows();
  std::vector<Run> runs;
  std::vector<std::size_t> active;  // their positions
  for (Centroids& start : starts) {
    active.push_back(runs.size());
    runs.emplace_back(rows, facts, monitor, std::move(start), options);
  }
  std::vector<LloydRun> outcomes(runs.size());
  while (!active.empty()) {
    std::vector<ShardAssignment::Task> tasks;
    std::vector<const CentroidSums*> sums;
    for (const std::size_t i : active) {
      tasks.push_back(runs[i].task());
      sums.push_back(&runs[i].assignment().sums());
    }
    if (tasks.size() == 1) {
      ShardAssignment::update_alone(order, tasks.front());
    } else {
      ShardAssignment::update_all(rows, tasks);
    }
    std::vector<CentroidSums> totals = CentroidSums::all_reduced(comm, sums);
    std::vector<std::size_t> going_on;
    for (std::size_t n = 0; n < active.size(); ++n) {
      Run& run = runs[active[n]];
      if (const auto report = run.advance(comm, order, std::move(totals[n]))) {
        observer.on_iteration(active[n], *report);
      }
      if (run.ended()) {
        outcomes[active[n]] = run.outcome(comm, rows);
        observer.on_run(active[n], outcomes[active[n]]);
      } else {
        going_on.push_back(active[n]);
      }
    }
    active = std::move(going_on);
  }
  return outcomes;
}

std::size_t runs_at_once(std::size_t row_bytes) {
  return std::max(std::size_t{1}, row_bytes / ShardAssignment::kBytesPerRow);
}

std::size_t state_bytes_per_row(std::size_t runs) {
  return RowOrder::kBytesPerRow + runs * ShardAssignment::kBytesPerRow;
}

LloydRun evaluate_centroids(const comm::Communicator& comm, const FeatureRows& rows,
                            const DataFacts& facts, const quality::SilhouetteMonitor& monitor,
                            Centroids centroids) {
  for (;;) {
    ShardAssignment assignment(rows, centroids.count, facts, monitor);
    assignment.update(centroids);
    const CentroidSums* const mine[] = {&assignment.sums()};
    const CentroidSums total = CentroidSums::all_reduced(comm, mine).front();
    Centroids kept = without_empty(centroids, total);
    if (kept.count == centroids.count) {
      return summarise(std::move(kept), total, monitor);
    }
    centroids = std::move(kept);
  }
}

}  // namespace tessera::cluster
