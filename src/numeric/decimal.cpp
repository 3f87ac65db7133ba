#include "tessera/numeric/decimal.hpp"

#include <array>
#include <bit>
#include <limits>
#include <vector>

namespace tessera::numeric {
namespace {

constexpr std::int64_t kUnits = 1'000'000'000'000;  // in one
constexpr int kMantissa = std::numeric_limits<double>::digits;

}  // namespace

// Of what is too large for six decimals, those that a double of that size can have, as long as it
// is nearest to one; else the double itself, whose mantissa times 10^12 fits in 93 bits.
Int128 Decimal::rounded(double value) {
  for (std::int64_t parts = 1000; parts >= 1; parts /= 10) {
    const double scaled = value * static_cast<double>(parts);
    if (std::fabs(scaled) < 0x1.0p51 &&
        static_cast<double>(std::llrint(scaled)) / static_cast<double>(parts) == value) {
      return Int128{std::llrint(scaled)} * (kUnits / parts);
    }
  }
  int exponent = 0;
  const auto mantissa =
      static_cast<std::int64_t>(std::ldexp(std::frexp(std::fabs(value), &exponent), kMantissa));
  const int below = kMantissa - exponent;  // bits behind the point
  Int128 units = Int128{mantissa} * kUnits;
  if (below <= 0) {
    units <<= static_cast<unsigned>(-below);
  } else if (below > 100) {  // less than half a unit
    units = 0;
  } else {
    const Int128 rest = units & ((Int128{1} << static_cast<unsigned>(below)) - 1);
    const Int128 half = Int128{1} << static_cast<unsigned>(below - 1);
    units >>= static_cast<unsigned>(below);
    units += rest > half || (rest == half && (units & 1) != 0) ? 1 : 0;
  }
  return value < 0 ? -units : units;
}

double Decimal::value() const {
  const bool negative = units_ < 0;
  const Uint128 magnitude = negative ? -static_cast<Uint128>(units_) : static_cast<Uint128>(units_);
  if (magnitude == 0) {
    return 0;
  }
  // shifted as far left as may be, so that the quotient has more bits than a double
  const auto high = static_cast<std::uint64_t>(magnitude >> 64U);
  const int shift = high != 0 ? std::countl_zero(high)
                              : 64 + std::countl_zero(static_cast<std::uint64_t>(magnitude));
  const Uint128 dividend = magnitude << static_cast<unsigned>(shift);
  Uint128 quotient = dividend / static_cast<Uint128>(kUnits);  // 88 or 89 bits
  bool is_inexact = dividend % static_cast<Uint128>(kUnits) != 0;
  constexpr unsigned kCut = 28;
  is_inexact = is_inexact || (quotient & ((Uint128{1} << kCut) - 1)) != 0;
  quotient >>= kCut;  // up to 61 bits: what was cut decides between neighbours as one bit more
  const std::int64_t bits =
      static_cast<std::int64_t>(quotient) * 2 + static_cast<std::int64_t>(is_inexact);
  const double value = std::ldexp(static_cast<double>(bits), static_cast<int>(kCut) - 1 - shift);
  return negative ? -value : value;
}

Decimal Decimal::all_sum(const comm::Communicator& comm, Decimal mine) {
  const std::array<std::uint64_t, 2> halves = {
      static_cast<std::uint64_t>(mine.units_),
      static_cast<std::uint64_t>(static_cast<Uint128>(mine.units_) >> 64U)};
  const std::vector<std::uint64_t> all = comm.all_gather(std::span<const std::uint64_t>(halves));
  Uint128 sum = 0;
  for (std::size_t i = 0; i < all.size(); i += 2) {
    sum += Uint128{all[i + 1]} << 64U | all[i];
  }
  return Decimal(static_cast<Int128>(sum));
}

}  // namespace tessera::numeric
