/// \file
/// Amounts of money and other decimals, whose sums are exact: 0.10 + 0.20 - 0.30 is 0.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/int128.hpp"

namespace tessera::numeric {

/// A whole number of units of 10^-12. Sums are exact in any order, up to 10^11 values of the
/// largest magnitude.
class Decimal {
 public:
  /// Values beyond it are not taken: doubles there have less than three decimals.
  static constexpr double kLargest = 1e15;

  Decimal() = default;

  /// The decimal of up to six digits behind the point that `value` is the nearest double to, where
  /// there is one (it is unique, and has up to 15 digits); else `value` rounded to a unit, ties to
  /// even. The magnitude is up to kLargest.
  [[nodiscard]] static Decimal of(double value) {
    const std::optional<std::int64_t> millionths = millionths_of(value);
    return Decimal(millionths ? Int128{*millionths} * kMillion : rounded(value));
  }

  /// The product of two such decimals of up to six digits each, exactly; of other numbers their
  /// product as a double. Factors and product are of magnitudes up to kLargest.
  [[nodiscard]] static Decimal product(double one, double other) {
    const std::optional<std::int64_t> a = millionths_of(one);
    const std::optional<std::int64_t> b = millionths_of(other);
    return a && b ? Decimal(Int128{*a} * *b) : of(one * other);
  }

  Decimal& operator+=(Decimal other) {
    units_ += other.units_;
    return *this;
  }
  friend bool operator==(Decimal one, Decimal other) { return one.units_ == other.units_; }

  /// The nearest double, ties to even.
  [[nodiscard]] double value() const;

  /// Collective: the sum over the ranks.
  [[nodiscard]] static Decimal all_sum(const comm::Communicator& comm, Decimal mine);

 private:
  static constexpr std::int64_t kMillion = 1'000'000;

  explicit Decimal(Int128 units) : units_(units) {}

  /// Of 10^-6; nothing if `value` is no such decimal or may not be.
  static std::optional<std::int64_t> millionths_of(double value) {
    // below, the product is off by less than a half, and a million doubles stand between neighbours
    constexpr double kSure = 0x1.0p51;
    const double scaled = value * static_cast<double>(kMillion);
    if (!(std::fabs(scaled) < kSure)) {
      return std::nullopt;
    }
    const std::int64_t nearest = std::llrint(scaled);
    if (static_cast<double>(nearest) / static_cast<double>(kMillion) != value) {
      return std::nullopt;
    }
    return nearest;
  }

  static Int128 rounded(double value);

  Int128 units_ = 0;
};

}  // namespace tessera::numeric
