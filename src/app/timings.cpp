#include "tessera/app/timings.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tessera/base/text.hpp"

namespace tessera::app {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Spread {
  std::string name;
  double minimum = std::numeric_limits<double>::infinity();
  double average = 0;
  double maximum = 0;
};

// One line per section, then what lies outside of them, then the whole; equal on all ranks.
std::vector<Spread> spreads(const comm::Communicator& comm, const std::vector<std::string>& names,
                            std::vector<double> mine, double total) {
  double rest = total;
  for (const double seconds : mine) {
    rest -= seconds;
  }
  mine.push_back(rest);
  mine.push_back(total);
  const std::vector<double> all = comm.all_gather(mine);
  const auto ranks = static_cast<std::size_t>(comm.size());
  if (all.size() != mine.size() * ranks) {
    throw std::logic_error("the ranks timed different sections");
  }
  std::vector<Spread> lines(mine.size());
  for (std::size_t i = 0; i < mine.size(); ++i) {
    lines[i].name = i < names.size() ? names[i] : i == names.size() ? "rest" : "total";
    for (std::size_t r = 0; r < ranks; ++r) {
      const double seconds = all[r * mine.size() + i];
      lines[i].minimum = std::min(lines[i].minimum, seconds);
      lines[i].maximum = std::max(lines[i].maximum, seconds);
      lines[i].average += seconds / static_cast<double>(ranks);
    }
  }
  return lines;
}

std::uint64_t my_peak_memory_bytes() {
  // not getrusage first: what it reports survives exec, and so may be the launcher's memory
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) {
      return std::stoull(line.substr(line.find(':') + 1)) * 1024;
    }
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace

Timings::Timings() : start_(Clock::now()) {}

Timings::Section::Section(Timings& timings, std::string_view name)
    : timings_(timings), index_(timings.index_of(name)), start_(Clock::now()) {}

Timings::Section::~Section() { timings_.entries_[index_].seconds += seconds_since(start_); }

Timings::Section Timings::section(std::string_view name) { return {*this, name}; }

std::size_t Timings::index_of(std::string_view name) {
  const auto found =
      std::ranges::find_if(entries_, [name](const Entry& entry) { return entry.name == name; });
  const auto index = static_cast<std::size_t>(found - entries_.begin());
  if (found == entries_.end()) {
    entries_.push_back({std::string(name), 0});
  }
  return index;
}

std::string Timings::table(const comm::Communicator& comm) const {
  std::vector<std::string> names;
  std::vector<double> mine;
  std::size_t width = sizeof("section") - 1;
  for (const Entry& entry : entries_) {
    names.push_back(entry.name);
    mine.push_back(entry.seconds);
    width = std::max(width, entry.name.size());
  }
  const std::vector<Spread> lines = spreads(comm, names, mine, seconds_since(start_));
  const double total = lines.back().average;
  std::string text = fmt::format("{:<{}}  {:>9}  {:>9}  {:>9}  {:>7}\n", "section", width, "min s",
                                 "avg s", "max s", "share");
  for (const Spread& line : lines) {
    text += fmt::format("{:<{}}  {:>9.3f}  {:>9.3f}  {:>9.3f}  {:>5.1f} %\n", line.name, width,
                        line.minimum, line.average, line.maximum,
                        total > 0 ? 100 * line.average / total : 0.0);
  }
  const std::vector<std::uint64_t> peaks =
      comm.all_gather(std::vector<std::uint64_t>{my_peak_memory_bytes()});
  const auto [least, most] = std::ranges::minmax_element(peaks);
  text += comm.size() == 1
              ? fmt::format("peak memory {}", bytes_text(*most))
              : fmt::format("peak memory per rank {} to {}", bytes_text(*least), bytes_text(*most));
  return text;
}

nlohmann::json Timings::to_json(const comm::Communicator& comm) const {
  std::vector<std::string> names;
  std::vector<double> mine;
  for (const Entry& entry : entries_) {
    names.push_back(entry.name);
    mine.push_back(entry.seconds);
  }
  nlohmann::json json = nlohmann::json::object();
  for (const Spread& line : spreads(comm, names, mine, seconds_since(start_))) {
    json[line.name] = {{"min", line.minimum}, {"avg", line.average}, {"max", line.maximum}};
  }
  json["total"] = json["total"]["max"];
  return json;
}

std::uint64_t peak_memory_bytes(const comm::Communicator& comm) {
  return comm.all_max(my_peak_memory_bytes());
}

}  // namespace tessera::app
