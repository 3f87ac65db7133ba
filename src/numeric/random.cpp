#include "tessera/numeric/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

#include "tessera/numeric/int128.hpp"

namespace tessera::numeric {
namespace {

constexpr std::uint32_t low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32U);
}

}  // namespace

double exponential(double uniform) {
  // 1 - uniform = m 2^e with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh s, s = (m - 1) / (m + 1)
  int e = 0;
  double m = std::frexp(1.0 - uniform, &e);
  if (m < std::numbers::sqrt2 / 2) {
    m *= 2;
    --e;
  }
  const double s = (m - 1) / (m + 1);
  double series = 0;
  for (int power = 13; power >= 1; power -= 2) {
    series = series * (s * s) + 1.0 / power;
  }
  return -(2 * s * series + e * std::numbers::ln2);
}

std::uint64_t Random::bits(std::uint64_t row, std::uint32_t draw) const {
  using Philox = r123::Philox4x32;
  const Philox::ctr_type counter = {{low(row), high(row), draw, purpose_}};
  const Philox::key_type key = {{low(seed_), high(seed_)}};
  const Philox::ctr_type out = Philox{}(counter, key);
  return static_cast<std::uint64_t>(out[1]) << 32U | out[0];
}

std::uint64_t Random::below(std::uint64_t bound, std::uint64_t row, std::uint32_t draw) const {
  return static_cast<std::uint64_t>((Uint128{bits(row, draw)} * bound) >> 64U);
}

}  // namespace tessera::numeric
