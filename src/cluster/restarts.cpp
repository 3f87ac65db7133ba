#include "cluster/restarts.hpp"

#include <algorithm>

namespace tessera::cluster {
namespace {

constexpr double kProducts = 4e6;
constexpr double kMost = 20;

std::uint32_t number_of(const std::string& option) {
  std::uint32_t number = 0;
  return read_field(number, option) && number <= kMostRestarts ? number : 0;
}

}  // namespace

std::uint32_t automatic_restarts(const TableSize& size, std::uint64_t segments) {
  const double products = static_cast<double>(size.rows) *
                          static_cast<double>(size.space.dimensions()) *
                          static_cast<double>(segments);
  return static_cast<std::uint32_t>(std::clamp(kProducts / std::max(1.0, products), 1.0, kMost));
}

void check_restarts(const std::string& option) {
  if (option != "auto" && number_of(option) == 0) {
    fail_about("restarts", ExitCode::kUsage,
               "restarts {}: expected a whole number from 1 to {}, or auto", option, kMostRestarts);
  }
}

std::uint32_t restarts_in_effect(const std::string& option, const TableSize& size,
                                 std::uint64_t segments) {
  check_restarts(option);
  return option == "auto" ? automatic_restarts(size, segments) : number_of(option);
}

}  // namespace tessera::cluster
