#include "tessera/app/training_log.hpp"

#include <fmt/format.h>

#include <cmath>

#include "tessera/base/text.hpp"

namespace tessera::app {
namespace {

const char* section_name(cluster::KMeansPhase phase) {
  switch (phase) {
    case cluster::KMeansPhase::kSurvey:
      return "survey";
    case cluster::KMeansPhase::kSeed:
      return "seed";
    case cluster::KMeansPhase::kIterate:
      return "iterate";
    case cluster::KMeansPhase::kNumber:
      return "number segments";
  }
  return "train";
}

/// Restarts advance together, so their iterations alternate.
template <typename Cell>
std::string restart_column(std::uint32_t restarts, const Cell& cell) {
  return restarts > 1 ? fmt::format("{:>7}  ", cell) : "";
}

}  // namespace

std::string silhouette_text(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4f}", value);
}

void TrainingLog::on_phase(cluster::KMeansPhase phase) {
  section_.reset();
  section_ = std::unique_ptr<Timings::Section>(
      new Timings::Section(timings_.section(section_name(phase))));
  last_ = std::chrono::steady_clock::now();
}

void TrainingLog::on_iteration(std::size_t restart, const cluster::IterationReport& report) {
  if (restart == 0 && report.iteration == 1) {
    say(restart_column(restarts_, "restart") +
        "iteration         inertia          moved  silhouette   seconds");
  }
  const auto now = std::chrono::steady_clock::now();
  say(restart_column(restarts_, restart + 1) +
      fmt::format("{:9}  {:14.8g}  {:>13}  {:>10}  {:8.3f}", report.iteration, report.inertia,
                  grouped(report.moved), silhouette_text(report.silhouette.value),
                  std::chrono::duration<double>(now - last_).count()));
  console_.debug("{:.1f} % of the distances computed, {:.1f} % of the rows sorted",
                 100 * report.measured, 100 * report.sorted);
  last_ = now;
}

void TrainingLog::on_run(std::size_t restart, const cluster::LloydRun& run) {
  if (restarts_ > 1) {
    console_.info("restart {} of {}: inertia {:.8g} after {} iterations", restart + 1, restarts_,
                  run.inertia, run.iterations);
  }
}

void TrainingLog::say(const std::string& line) {
  if (restarts_ > 1) {
    console_.debug("{}", line);
  } else {
    console_.info("{}", line);
  }
}

}  // namespace tessera::app
