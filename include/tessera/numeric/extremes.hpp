/// \file
/// Least and greatest of many values.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "tessera/comm/communicator.hpp"

namespace tessera::numeric {

/// Of values that are not NaN; inf and -inf where there are none.
struct Extremes {
  double least = std::numeric_limits<double>::infinity();
  double greatest = -std::numeric_limits<double>::infinity();
  std::uint64_t missing = 0;  ///< NaNs

  void add(double value) {
    least = value < least ? value : least;
    greatest = value > greatest ? value : greatest;
    missing += std::isnan(value) ? 1U : 0U;
  }
  void add(const Extremes& others) {
    least = std::min(least, others.least);
    greatest = std::max(greatest, others.greatest);
    missing += others.missing;
  }
  /// 0 where there are no values.
  [[nodiscard]] double magnitude() const {
    return least > greatest ? 0 : std::max(std::fabs(least), std::fabs(greatest));
  }

  /// Collective: of the values of all ranks.
  void all_reduce(const comm::Communicator& comm) {
    least = comm.all_min(least);
    greatest = comm.all_max(greatest);
    missing = comm.all_sum(missing);
  }
};

[[nodiscard]] inline Extremes extremes_of(std::span<const double> values) {
  // Several chains, so that a value need not wait for the one before it, and vectors can be used.
  constexpr std::size_t kChains = 8;
  Extremes result;
  std::array<double, kChains> least;
  std::array<double, kChains> greatest;
  std::array<std::uint64_t, kChains> missing{};
  least.fill(result.least);
  greatest.fill(result.greatest);
  const std::size_t whole = values.size() / kChains * kChains;
  for (std::size_t i = 0; i < whole; i += kChains) {
    for (std::size_t k = 0; k < kChains; ++k) {
      const double value = values[i + k];
      least[k] = value < least[k] ? value : least[k];
      greatest[k] = value > greatest[k] ? value : greatest[k];
      missing[k] += std::isnan(value) ? 1U : 0U;
    }
  }
  for (std::size_t i = whole; i < values.size(); ++i) {
    result.add(values[i]);
  }
  for (std::size_t k = 0; k < kChains; ++k) {
    result.least = std::min(result.least, least[k]);
    result.greatest = std::max(result.greatest, greatest[k]);
    result.missing += missing[k];
  }
  return result;
}

}  // namespace tessera::numeric
