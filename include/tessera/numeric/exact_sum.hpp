/// \file
/// Sums over rows that do not depend on the order of the rows, the shards or the ranks.
///
/// A value is turned into an integer at a fixed scale, and integers are added. The scale follows
/// from facts that all ranks agree on: the largest magnitude and, for 64-bit sums, the row count.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/int128.hpp"

namespace tessera::numeric {

/// A fixed-point format: the integer q stands for q * 2^-bits.
class FixedPoint {
 public:
  FixedPoint() = default;

  /// The finest format, down to 2^-120, in which `count` values of magnitude up to `largest` add up
  /// below 2^62.
  [[nodiscard]] static FixedPoint for_sum(double largest, std::uint64_t count);

  /// As for_sum, and coarse enough that a single value fits 32 bits, for sums of rows that are
  /// quantised many at a time.
  [[nodiscard]] static FixedPoint for_rows(double largest, std::uint64_t count);

  [[nodiscard]] std::int64_t quantise(double value) const;
  [[nodiscard]] double value(std::int64_t q) const { return static_cast<double>(q) * step_; }

  [[nodiscard]] int bits() const { return bits_; }
  /// 2^bits, the factor that quantise() multiplies with before it rounds to nearest even.
  [[nodiscard]] double factor() const { return factor_; }

 private:
  explicit FixedPoint(int bits);

  int bits_ = 0;
  double factor_ = 1;
  double step_ = 1;
};

/// A sum of doubles, each rounded once to 2^-61 of the largest magnitude and then added in 128
/// bits: exact in every order for up to 2^64 values.
class ExactSum {
 public:
  ExactSum() = default;
  /// `largest`: a bound on the magnitude of every value added, the same on all ranks.
  explicit ExactSum(double largest);

  void add(double value) { total_ += std::llrint(value * factor_ * second_factor_); }
  [[nodiscard]] double value() const;

  ExactSum& operator+=(const ExactSum& other) {
    total_ += other.total_;
    return *this;
  }
  ExactSum& operator-=(const ExactSum& other) {
    total_ -= other.total_;
    return *this;
  }

  /// Collective: replaces each sum by its sum over the ranks.
  static void all_reduce(const comm::Communicator& comm, std::span<ExactSum> sums);

 private:
  Int128 total_ = 0;
  int exponent_ = 0;
  // 2^exponent_ in two parts, for it may exceed what a double holds; the second is 1 where it does
  // not. Both products are exact but where the result is far below a half.
  double factor_ = 1;
  double second_factor_ = 1;
};

}  // namespace tessera::numeric
