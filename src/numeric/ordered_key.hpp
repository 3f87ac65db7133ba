// Doubles as unsigned integers in the same order, and what order statistics share.
#pragma once

#include <bit>
#include <cstdint>

namespace tessera::numeric {

inline constexpr unsigned kKeyBits = 64;
inline constexpr unsigned kDigitBits = 11;  // their counts fit the first cache
inline constexpr std::uint64_t kDigitMask = (std::uint64_t{1} << kDigitBits) - 1;
inline constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63U;

/// Unsigned integers in the order of the doubles they stand for; -0 and 0 are one value.
inline std::uint64_t to_key(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

inline double from_key(std::uint64_t key) {
  return std::bit_cast<double>((key & kSignBit) != 0 ? key & ~kSignBit : ~key);
}

/// The value `beyond` of the way from one to the next, on the straight line; as numpy does it.
inline double between(double value, double next, double beyond) {
  const double step = next - value;
  return beyond == 0 ? value : beyond <= 0.5 ? value + step * beyond : next - step * (1 - beyond);
}

}  // namespace tessera::numeric
