/// \file
/// What a training tells while it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tessera/quality/silhouette_monitor.hpp"

namespace tessera::cluster {

/// One iteration of a run, as people watch it.
struct IterationReport {
  std::uint64_t iteration = 0;   ///< from 1
  double inertia = 0;            ///< of the assignment, to the centroids it was made with
  std::uint64_t moved = 0;       ///< rows whose segment changed; all rows in the first iteration
  quality::Estimate silhouette;  ///< of the monitor's sample
  double measured = 0;           ///< share of this rank's rows that were measured
  double sorted = 0;             ///< share of this rank's rows that were sorted
  double shift = 0;              ///< squared shift of all centroids together
};

/// How a run ended.
struct RunReport {
  double inertia = 0;
  std::uint64_t iterations = 0;
};

/// Who watches a training. Runs (restarts) are numbered from 0, in the order of their starts;
/// several may advance together. Every method is called on all ranks alike.
class TrainingObserver {
 public:
  TrainingObserver() = default;
  TrainingObserver(const TrainingObserver&) = delete;
  TrainingObserver& operator=(const TrainingObserver&) = delete;
  virtual ~TrainingObserver() = default;

  /// What a number of runs was decided to be, before the first.
  virtual void on_runs(std::size_t /*count*/) {}
  /// A part of the training begins ("survey", "seed", "iterate", ...); the one before it has ended.
  virtual void on_phase(std::string_view /*name*/) {}
  /// A run has made an iteration.
  virtual void on_iteration(std::size_t /*run*/, const IterationReport&) {}
  /// A run has ended.
  virtual void on_run(std::size_t /*run*/, const RunReport&) {}
  /// So much of the phase is done, where it does not consist of iterations.
  virtual void on_progress(std::uint64_t /*done*/, std::uint64_t /*of*/) {}
};

}  // namespace tessera::cluster
