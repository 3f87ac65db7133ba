#include "table/synthetic/draws.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera::table {

// e^x from additions, multiplications and a shift alone: the C library's differs between machines
// in the last bit. Taylor's series on |r| <= ln(2) / 2 with fourteen terms is good to 1e-16.
double exponential(double x) {
  constexpr double kLog2e = 1.4426950408889634074;
  constexpr double kLn2High = 0x1.62e42fefap-1;
  constexpr double kLn2Low = 0x1.cf79abc9e3b39p-39;
  constexpr int kTerms = 14;
  const double k = std::floor(x * kLog2e + 0.5);
  const double r = (x - k * kLn2High) - k * kLn2Low;
  double sum = 1;
  for (int i = kTerms; i > 0; --i) {
    sum = 1 + sum * r / i;
  }
  return std::ldexp(sum, static_cast<int>(k));
}

// The sum of eight uniform 16-bit integers (Irwin-Hall).
double normal(const numeric::Random& random, std::uint64_t row, std::uint32_t draw) {
  constexpr double kMean = 8 * 32767.5;
  constexpr double kDeviation = 53509.91992145008;  // sqrt(8 * (2^32 - 1) / 12)
  std::uint64_t sum = 0;
  for (std::uint32_t half = 0; half < 2; ++half) {
    const std::uint64_t bits = random.bits(row, draw + half);
    for (unsigned shift = 0; shift < 64; shift += 16) {
      sum += bits >> shift & 0xFFFFU;
    }
  }
  return (static_cast<double>(sum) - kMean) / kDeviation;
}

std::vector<double> cumulated(std::vector<double> weights) {
  double sum = 0;
  for (double& weight : weights) {
    sum += weight;
    weight = sum;
  }
  for (double& weight : weights) {
    weight /= sum;
  }
  weights.back() = 1;
  return weights;
}

std::vector<double> poisson(double mean) {
  constexpr double kNegligible = 1e-12;
  std::vector<double> probabilities = {exponential(-mean)};
  for (double k = 1; k < mean || probabilities.back() > kNegligible; ++k) {
    probabilities.push_back(probabilities.back() * mean / k);
  }
  return cumulated(std::move(probabilities));
}

std::size_t pick(std::span<const double> cumulative, double uniform) {
  return static_cast<std::size_t>(std::ranges::upper_bound(cumulative, uniform) -
                                  cumulative.begin());
}

double rounded(double value, int decimals) {
  const double scale = decimals == 0 ? 1 : decimals == 2 ? 100 : 1000;
  return std::floor(value * scale + 0.5) / scale;
}

}  // namespace tessera::table
