/// \file
/// Where a job's time went: named sections, measured on every rank.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/comm/communicator.hpp"

namespace tessera::app {

/// Wall-clock sections of a job. Sections do not nest; what lies outside them is shown as "rest",
/// so that the table adds up.
class Timings {
 public:
  Timings();

  /// Measures from its creation to its end. All ranks enter the same sections in the same order.
  class Section {
   public:
    Section(Timings& timings, std::string_view name);
    ~Section();
    Section(const Section&) = delete;
    Section& operator=(const Section&) = delete;

   private:
    Timings& timings_;
    std::size_t index_;
    std::chrono::steady_clock::time_point start_;
  };
  [[nodiscard]] Section section(std::string_view name);

  /// Collective. The closing table: section, min / avg / max seconds over the ranks, share of the
  /// total; and the peak memory per rank.
  [[nodiscard]] std::string table(const comm::Communicator& comm) const;

  /// Collective. {"section": {"min": s, "avg": s, "max": s}, ..., "total": ...}
  [[nodiscard]] nlohmann::json to_json(const comm::Communicator& comm) const;

 private:
  struct Entry {
    std::string name;
    double seconds = 0;
  };
  [[nodiscard]] std::size_t index_of(std::string_view name);

  std::vector<Entry> entries_;
  std::chrono::steady_clock::time_point start_;
};

/// Collective. Largest resident set of any rank so far, in bytes.
[[nodiscard]] std::uint64_t peak_memory_bytes(const comm::Communicator& comm);

}  // namespace tessera::app
