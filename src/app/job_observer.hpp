/// \file
/// What a person sees of a use case while it runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tessera/app/console.hpp"
#include "tessera/app/timings.hpp"
#include "tessera/pipeline/observer.hpp"

namespace tessera::app {

/// Times the sections of a use case, logs what it says, and prints the iterations of a training as
/// they come, or one line per restart where there are several.
class JobObserver final : public pipeline::Observer {
 public:
  JobObserver(Console& console, Timings& timings) : console_(console), timings_(timings) {}

  void step(std::string_view name, std::uint64_t done, std::uint64_t total) override;
  void begin_section(std::string_view name) override;
  void end_section() override;
  void info(const std::string& text) override;
  void warn(const std::string& text, std::string_view about) override;
  void on_iteration(std::size_t run, const cluster::IterationReport& report) override;
  void on_run(std::size_t run, const cluster::RunReport& outcome) override;
  void on_runs(std::size_t count) override { restarts_ = count; }

 private:
  void say(const std::string& line);

  Console& console_;
  Timings& timings_;
  std::uint64_t restarts_ = 1;
  std::optional<Timings::Section> section_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace tessera::app
