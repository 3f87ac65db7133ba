#include "io/faults.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "tessera/base/error.hpp"

namespace tessera::io::sys {
namespace {

constexpr std::size_t kAny = kCallNames.size();

// Calls of each kind, and of any. Ranks that are threads count together.
std::array<std::atomic<std::uint64_t>, kCallNames.size() + 1> counts;

constexpr std::array<std::pair<std::string_view, int>, 7> kErrors = {{{"EIO", EIO},
                                                                      {"ENOSPC", ENOSPC},
                                                                      {"EDQUOT", EDQUOT},
                                                                      {"EACCES", EACCES},
                                                                      {"EROFS", EROFS},
                                                                      {"ENOENT", ENOENT},
                                                                      {"EINTR", EINTR}}};

struct Plan {
  bool wanted = false;
  std::size_t call = kAny;
  std::uint64_t first = 0;  // 0: none fails
  std::uint64_t last = 0;
  Fate fate;
  bool kills = false;
  std::string waits_for;
};

// As launchers tell it before there is a communicator.
std::string own_rank() {
  for (const char* const name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}) {
    if (const char* const rank = std::getenv(name)) {
      return rank;
    }
  }
  return "0";
}

void print_counts() {
  std::string text = fmt::format("TESSERA_FAULT: rank {}:", own_rank());
  for (std::size_t call = 0; call < kCallNames.size(); ++call) {
    text += fmt::format(" {} {}", kCallNames[call], counts[call].load());
  }
  fmt::print(stderr, "{} any {}\n", text, counts[kAny].load());
}

// Up to the next colon, which is removed with it.
std::string_view next_part(std::string_view& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view part = text.substr(0, colon);
  text.remove_prefix(std::min(colon + 1, text.size()));
  return part;
}

bool set_number(std::string_view part, Plan& plan) {
  const bool and_later = part.ends_with('+');
  part.remove_suffix(and_later ? 1 : 0);
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), plan.first);
  plan.last = and_later ? UINT64_MAX : plan.first;
  return error == std::errc() && end == part.data() + part.size() && plan.first > 0;
}

bool set_fate(std::string_view part, Plan& plan) {
  constexpr std::string_view kWait = "wait=";
  const auto* const error = std::ranges::find(kErrors, part, [](const auto& e) { return e.first; });
  plan.fate = {.error = error == kErrors.end() ? 0 : error->second,
               .halved = part == "short",
               .at_end = part == "end"};
  plan.kills = part == "kill";
  plan.waits_for = part.starts_with(kWait) ? part.substr(kWait.size()) : "";
  return plan.fate.error != 0 || plan.fate.halved || plan.fate.at_end || plan.kills ||
         !plan.waits_for.empty();
}

Plan read_plan() {
  Plan plan;
  const char* const variable = std::getenv("TESSERA_FAULT");
  if (variable == nullptr || *variable == '\0') {
    return plan;
  }
  plan.wanted = true;
  std::string_view rest = variable;
  if (rest == "count") {
    (void)std::atexit(print_counts);
    return plan;
  }
  const std::string_view call = next_part(rest);
  plan.call = static_cast<std::size_t>(std::ranges::find(kCallNames, call) - kCallNames.begin());
  const bool is_call = plan.call < kAny || call == "any";
  if (!is_call || !set_number(next_part(rest), plan) || !set_fate(next_part(rest), plan)) {
    fail(ExitCode::kUsage, "the environment variable TESSERA_FAULT={} is not CALL:N:WHAT[:RANK]",
         variable);
  }
  if (!rest.empty() && rest != own_rank()) {
    plan.first = 0;
  }
  return plan;
}

const Plan& plan() {
  static const Plan kPlan = read_plan();
  return kPlan;
}

void wait_for(const std::string& file) {
  const int here = ::open((file + ".here").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (here >= 0) {
    ::close(here);
  }
  while (::access(file.c_str(), F_OK) != 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace

bool faults_wanted() { return plan().wanted; }

Fate next_fate(Call call) {
  const Plan& wanted = plan();
  const auto kind = static_cast<std::size_t>(call);
  const std::uint64_t of_kind = ++counts[kind];
  const std::uint64_t of_any = ++counts[kAny];
  const std::uint64_t number = wanted.call == kAny ? of_any : of_kind;
  if ((wanted.call != kAny && wanted.call != kind) || wanted.first == 0 || number < wanted.first ||
      number > wanted.last) {
    return {};
  }
  if (wanted.kills) {
    (void)std::raise(SIGKILL);
  }
  if (!wanted.waits_for.empty()) {
    wait_for(wanted.waits_for);
  }
  return wanted.fate;
}

}  // namespace tessera::io::sys
