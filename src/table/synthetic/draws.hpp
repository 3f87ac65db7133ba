/// \file
/// Numbers of the distributions that synthetic tables are made of, with the same bits on every
/// machine. Private to src/table/synthetic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/numeric/random.hpp"

namespace tessera::table {

/// e^x to 1e-16.
[[nodiscard]] double exponential(double x);

/// Nearly normal, mean 0, variance 1. Takes two draws.
[[nodiscard]] double normal(const numeric::Random& random, std::uint64_t row, std::uint32_t draw);

/// Weights as a distribution over 0, 1, 2, ...: cumulated probabilities.
[[nodiscard]] std::vector<double> cumulated(std::vector<double> weights);
/// The same of a Poisson distribution.
[[nodiscard]] std::vector<double> poisson(double mean);
/// What such a distribution has at `uniform`, in [0, 1).
[[nodiscard]] std::size_t pick(std::span<const double> cumulative, double uniform);

/// To 0, 2 or 3 digits behind the point.
[[nodiscard]] double rounded(double value, int decimals);

}  // namespace tessera::table
