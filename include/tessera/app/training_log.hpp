/// \file
/// What a person sees of a training while it runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "tessera/app/console.hpp"
#include "tessera/app/timings.hpp"
#include "tessera/cluster/kmeans/kmeans.hpp"

namespace tessera::app {

/// A silhouette for people: "-" where there is none.
[[nodiscard]] std::string silhouette_text(double value);

/// Times the parts of training, and prints its iterations as they come, or one line per restart
/// where there are several.
class TrainingLog final : public cluster::KMeansObserver {
 public:
  TrainingLog(Console& console, Timings& timings, std::uint32_t restarts)
      : console_(console), timings_(timings), restarts_(restarts) {}

  void on_phase(cluster::KMeansPhase phase) override;
  void on_iteration(std::size_t restart, const cluster::IterationReport& report) override;
  void on_run(std::size_t restart, const cluster::LloydRun& run) override;

 private:
  void say(const std::string& line);

  Console& console_;
  Timings& timings_;
  std::uint32_t restarts_;
  std::unique_ptr<Timings::Section> section_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace tessera::app
