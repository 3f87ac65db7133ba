#include "tessera/numeric/random.hpp"

#include <Random123/philox.h>

#include "tessera/numeric/int128.hpp"

namespace tessera::numeric {
namespace {

constexpr std::uint32_t low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32U);
}

}  // namespace

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
