#include "app/job_observer.hpp"

#include <fmt/format.h>

#include "tessera/app/options.hpp"
#include "tessera/base/text.hpp"
#include "tessera/report/documents.hpp"

namespace tessera::app {
namespace {

/// Restarts advance together, so their iterations alternate.
template <typename Cell>
std::string restart_column(std::uint64_t restarts, const Cell& cell) {
  return restarts > 1 ? fmt::format("{:>7}  ", cell) : "";
}

}  // namespace

void JobObserver::step(std::string_view name, std::uint64_t done, std::uint64_t total) {
  console_.progress(name, done, total);
}

void JobObserver::begin_section(std::string_view name) {
  section_.emplace(timings_, name);
  last_ = std::chrono::steady_clock::now();
}

void JobObserver::end_section() { section_.reset(); }

void JobObserver::info(const std::string& text) { console_.info("{}", text); }

void JobObserver::warn(const std::string& text, std::string_view about) {
  console_.warn("{}", with_option(text, about));
}

void JobObserver::on_iteration(std::size_t run, const cluster::IterationReport& report) {
  if (run == 0 && report.iteration == 1) {
    say(restart_column(restarts_, "restart") +
        "iteration         inertia          moved  silhouette   seconds");
  }
  const auto now = std::chrono::steady_clock::now();
  say(restart_column(restarts_, run + 1) +
      fmt::format("{:9}  {:14.8g}  {:>13}  {:>10}  {:8.3f}", report.iteration, report.inertia,
                  grouped(report.moved), report::silhouette_text(report.silhouette.value),
                  std::chrono::duration<double>(now - last_).count()));
  console_.debug("{:.1f} % of the distances computed, {:.1f} % of the rows sorted",
                 100 * report.measured, 100 * report.sorted);
  last_ = now;
}

void JobObserver::on_run(std::size_t run, const cluster::RunReport& outcome) {
  if (restarts_ > 1) {
    console_.info("restart {} of {}: inertia {:.8g} after {} iteration{}", run + 1, restarts_,
                  outcome.inertia, outcome.iterations, outcome.iterations == 1 ? "" : "s");
  }
}

void JobObserver::say(const std::string& line) {
  if (restarts_ > 1) {
    console_.debug("{}", line);
  } else {
    console_.info("{}", line);
  }
}

}  // namespace tessera::app
