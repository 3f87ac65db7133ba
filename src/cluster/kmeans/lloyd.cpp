#include "cluster/kmeans/lloyd.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
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

/// The centroids of the segments that have rows, and which of the starting ones they were.
struct Kept {
  Centroids centroids;
  std::vector<std::size_t> origins;
};

Kept without_empty(const Centroids& centroids, const CentroidSums& sums,
                   std::span<const std::size_t> origins) {
  Kept kept{Centroids(centroids.space, 0), {}};
  for (std::size_t i = 0; i < centroids.count; ++i) {
    if (sums.mass(i) > 0) {
      kept.centroids.values.insert(kept.centroids.values.end(), centroids.row(i).begin(),
                                   centroids.row(i).end());
      ++kept.centroids.count;
      kept.origins.push_back(origins[i]);
    }
  }
  return kept;
}

std::vector<std::size_t> first_numbers(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

LloydRun summarise(Kept kept, const CentroidSums& total,
                   const quality::SilhouetteMonitor& monitor) {
  LloydRun run;
  run.inertia = total.inertia(kept.centroids);
  run.silhouette = monitor.estimate(UpdateCounts(total).silhouette);
  for (std::size_t i = 0; i < kept.centroids.count; ++i) {
    run.sizes.push_back(static_cast<std::uint64_t>(total.size(i)));
    run.weights.push_back(total.weight(i));
    for (std::size_t j = 0; j < kept.centroids.space.dimensions(); ++j) {
      run.means.push_back(total.sum(i, j) / static_cast<double>(total.mass(i)));
    }
  }
  run.centroids = std::move(kept.centroids);
  run.origins = std::move(kept.origins);
  return run;
}

/// Assigns until all centroids have rows.
LloydRun evaluate(const comm::Communicator& comm, const FeatureRows& rows, const DataFacts& facts,
                  const quality::SilhouetteMonitor& monitor, Kept kept) {
  for (;;) {
    ShardAssignment assignment(rows, kept.centroids.count, facts, monitor);
    assignment.update(kept.centroids);
    const CentroidSums* const mine[] = {&assignment.sums()};
    const CentroidSums total = CentroidSums::all_reduced(comm, mine).front();
    Kept left = without_empty(kept.centroids, total, kept.origins);
    if (left.centroids.count == kept.centroids.count) {
      return summarise(std::move(left), total, monitor);
    }
    kept = std::move(left);
  }
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// One of the runs that advance together.
class Run {
 public:
  Run(LloydStart start, const quality::SilhouetteMonitor& monitor, const LloydOptions& options)
      : order_(*start.order),
        facts_(*start.facts),
        monitor_(monitor),
        options_(options),
        centroids_(std::move(start.centroids)),
        assignment_(
            std::make_unique<ShardAssignment>(order_.rows(), centroids_.count, facts_, monitor)),
        closing_(options.max_iterations == 0) {}

  [[nodiscard]] bool ended() const { return assignment_ == nullptr; }
  [[nodiscard]] ShardAssignment& assignment() { return *assignment_; }
  [[nodiscard]] RowOrder& order() { return order_; }
  /// What is to be done to it next.
  [[nodiscard]] ShardAssignment::Task task() {
    return {assignment_.get(), &centroids_, closing_ ? 0 : options_.max_iterations - iterations_};
  }

  /// Collective. Goes on from the sums over all ranks after an update of the assignment. Gives the
  /// iteration's report, if the update was one: a run that stops before no row moves needs one more
  /// to know the assignment to its last centroids.
  std::optional<IterationReport> advance(const comm::Communicator& comm, CentroidSums total) {
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

    const bool refilled = assignment_->refill_empty(comm, order_, centroids_, total);
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
  LloydRun outcome(const comm::Communicator& comm) {
    Kept kept = without_empty(centroids_, *total_, first_numbers(centroids_.count));
    LloydRun run = kept.centroids.count == centroids_.count
                       ? summarise(std::move(kept), *total_, monitor_)
                       : evaluate(comm, order_.rows(), facts_, monitor_, std::move(kept));
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

  RowOrder& order_;
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

/// Updates the assignments of some runs, those of the same rows in one pass over them.
void update(std::vector<Run>& runs, std::span<const std::size_t> active) {
  for (std::size_t first = 0; first < active.size();) {
    RowOrder& order = runs[active[first]].order();
    std::vector<ShardAssignment::Task> tasks;
    while (first < active.size() && &runs[active[first]].order() == &order) {
      tasks.push_back(runs[active[first++]].task());
    }
    if (tasks.size() == 1) {
      ShardAssignment::update_alone(order, tasks.front());
    } else {
      ShardAssignment::update_all(order.rows(), tasks);
    }
  }
}

}  // namespace

std::vector<LloydRun> run_lloyd(const comm::Communicator& comm,
                                const quality::SilhouetteMonitor& monitor,
                                std::vector<LloydStart> starts, const LloydOptions& options,
                                LloydObserver& observer) {
  std::vector<Run> runs;
  std::vector<std::size_t> active;  // their positions
  for (LloydStart& start : starts) {
    active.push_back(runs.size());
    runs.emplace_back(std::move(start), monitor, options);
  }
  std::vector<LloydRun> outcomes(runs.size());
  while (!active.empty()) {
    update(runs, active);
    std::vector<const CentroidSums*> sums;
    sums.reserve(active.size());
    for (const std::size_t i : active) {
      sums.push_back(&runs[i].assignment().sums());
    }
    std::vector<CentroidSums> totals = CentroidSums::all_reduced(comm, sums);
    std::vector<std::size_t> going_on;
    for (std::size_t n = 0; n < active.size(); ++n) {
      Run& run = runs[active[n]];
      if (const auto report = run.advance(comm, std::move(totals[n]))) {
        observer.on_iteration(active[n], *report);
      }
      if (run.ended()) {
        outcomes[active[n]] = run.outcome(comm);
        observer.on_run(active[n], outcomes[active[n]]);
      } else {
        going_on.push_back(active[n]);
      }
    }
    active = std::move(going_on);
  }
  return outcomes;
}

std::vector<LloydRun> run_lloyd(const comm::Communicator& comm, RowOrder& order,
                                const DataFacts& facts, const quality::SilhouetteMonitor& monitor,
                                std::vector<Centroids> starts, const LloydOptions& options,
                                LloydObserver& observer) {
  std::vector<LloydStart> all;
  all.reserve(starts.size());
  for (Centroids& start : starts) {
    all.push_back({&order, &facts, std::move(start)});
  }
  return run_lloyd(comm, monitor, std::move(all), options, observer);
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
  std::vector<std::size_t> origins = first_numbers(centroids.count);
  return evaluate(comm, rows, facts, monitor, {std::move(centroids), std::move(origins)});
}

}  // namespace tessera::cluster
