/// \file
/// Sums over rows that do not depend on the order of the rows, the shards or the ranks.
///
/// A value is turned into an integer at a fixed scale, and integers are added. The scale follows
/// from facts that all ranks agree on: the largest magnitude and, for 64-bit sums, the row count.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/int128.hpp"
#include "tessera/simd/vectorise.hpp"

namespace tessera::numeric {

/// How often a row counts, in units that all rows share (features::FeatureRows::masses).
using Mass = std::int64_t;
inline constexpr int kMassBits = 62;  ///< of a mass, at most

/// Masses below this add up as rows do: sums by them have the bits of sums over as many rows.
inline constexpr Int128 kMostAsRows = Int128{1} << 32U;

/// Integers in parts of 32 bits, for a message that is added up over the ranks; and back, from the
/// front of `limbs`: gives what is left of these.
void append_limbs(std::span<const Int128> values, std::vector<std::int64_t>& limbs);
[[nodiscard]] std::span<const std::int64_t> take_limbs(std::span<const std::int64_t> limbs,
                                                       std::span<Int128> values);

/// Collective: replaces each integer by its sum over the ranks.
void all_sum(const comm::Communicator& comm, std::span<Int128> values);
[[nodiscard]] inline Int128 all_sum(const comm::Communicator& comm, Int128 value) {
  all_sum(comm, std::span(&value, 1));
  return value;
}

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

  /// For values that are added as often as masses say, `total` times in all, in 128 bits: as
  /// for_sum of so many values below 2^32 of them; beyond that finer than 64 bits could hold.
  [[nodiscard]] static FixedPoint for_masses(double largest, Int128 total);

  [[nodiscard]] std::int64_t quantise(double value) const;
  [[nodiscard]] double value(std::int64_t q) const { return static_cast<double>(q) * step_; }
  [[nodiscard]] double value(Int128 q) const { return static_cast<double>(q) * step_; }

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
/// bits: exact in every order for up to 2^64 values. One that is `massive` takes values as often as
/// masses of up to 2^62 say, up to 2^33 times, and is exact as well.
class ExactSum {
 public:
  ExactSum() = default;
  /// `largest`: a bound on the magnitude of every value added, the same on all ranks.
  explicit ExactSum(double largest, bool massive = false);

  void add(double value) { total_ += std::llrint(value * factor_ * second_factor_); }
  /// The same `count` times.
  void add(double value, std::uint64_t count) {
    total_ += Int128{std::llrint(value * factor_ * second_factor_)} * Int128{count};
  }
  /// The same as often as a mass says; only of a massive sum.
  void add_mass(double value, Int128 mass) {
    const Int128 quantised = std::llrint(value * factor_ * second_factor_);
    total_ += quantised * (mass & kLowerMass);
    upper_ += quantised * (mass >> kLowerMassBits);
  }

  /// Adds in vectors what stands in arrays: values one after the other go to a Part, which rounds
  /// them as add() does, and the parts to their sum. A local variable of simd::vectorise()'s loop.
  class Part {
   public:
    explicit Part(const ExactSum& sum) : factor_(sum.factor_), second_factor_(sum.second_factor_) {}

    /// Up to 2^32 values.
    TESSERA_INLINE void add(double value) {
      const Split split(value * factor_ * second_factor_);
      upper_ += split.upper;
      lower_ += split.lower;
    }

   private:
    friend ExactSum;
    double factor_;
    double second_factor_;
    std::uint64_t upper_ = 0;
    std::uint64_t lower_ = 0;
  };
  /// `count`: how many values were added to the part.
  void add(const Part& part, std::uint64_t count) { add_split(part.upper_, part.lower_, count); }

  /// Adds value_at(0) to value_at(count - 1), none of them NaN. `value_at` must be TESSERA_INLINE.
  template <typename ValueAt>
  void add_all(std::size_t count, const ValueAt& value_at) {
    for (std::size_t done = 0; done < count;) {
      const std::size_t end = std::min(count, done + kMostInPart);
      Part part(*this);
      simd::vectorise([&]() TESSERA_INLINE {
        Part mine = part;  // in registers
        for (std::size_t i = done; i < end; ++i) {
          mine.add(value_at(i));
        }
        part = mine;
      });
      add(part, end - done);
      done = end;
    }
  }

  /// Adds values[i], unless it is NaN, to sums[groups[i]]. All of the sums have one largest
  /// magnitude.
  static void add_by_group(std::span<const double> values, std::span<const std::int32_t> groups,
                           std::span<ExactSum> sums);
  /// The same, each as often as its mass says. The sums are massive.
  static void add_by_group(std::span<const double> values, std::span<const std::int32_t> groups,
                           std::span<const Mass> masses, std::span<ExactSum> sums);

  /// Times 2^exponent.
  [[nodiscard]] double value(int exponent = 0) const;

  ExactSum& operator+=(const ExactSum& other) {
    total_ += other.total_;
    upper_ += other.upper_;
    return *this;
  }
  ExactSum& operator-=(const ExactSum& other) {
    total_ -= other.total_;
    upper_ -= other.upper_;
    return *this;
  }

  /// Collective: replaces each sum by its sum over the ranks. All are massive, or none is.
  static void all_reduce(const comm::Communicator& comm, std::span<ExactSum> sums);

 private:
  static constexpr std::size_t kMostInPart = std::size_t{1} << 30U;
  static constexpr unsigned kLowerMassBits = 31;
  static constexpr Int128 kLowerMass = (Int128{1} << kLowerMassBits) - 1;

  /// A scaled value rounded to an integer, ties to even, in two: upper * 2^32 + lower. Adding
  /// kShift leaves the nearest integer in the low bits of a double, which every vector instruction
  /// set can do, unlike a conversion to 64 bits; `upper` and `lower` are those bits, and a sum of
  /// them is kShift's bits too large as often as there are values.
  struct Split {
    std::uint64_t upper;
    std::uint64_t lower;

    TESSERA_INLINE explicit Split(double scaled) {
      const double shifted = scaled * 0x1.0p-32 + kShift;
      upper = std::bit_cast<std::uint64_t>(shifted);
      lower = std::bit_cast<std::uint64_t>(scaled - (shifted - kShift) * 0x1.0p32 + kShift);
    }
    static constexpr double kShift = 0x1.8p52;
  };

  /// Adds sums of `count` splits.
  void add_split(std::uint64_t upper, std::uint64_t lower, std::uint64_t count) {
    const std::uint64_t shifts = count * std::bit_cast<std::uint64_t>(Split::kShift);
    total_ += Int128{static_cast<std::int64_t>(upper - shifts)} * (Int128{1} << 32U) +
              static_cast<std::int64_t>(lower - shifts);
  }

  Int128 total_ = 0;
  Int128 upper_ = 0;  // times 2^31: what was added by the upper bits of masses
  bool massive_ = false;
  int exponent_ = 0;
  // 2^exponent_ in two parts, for it may exceed what a double holds; the second is 1 where it does
  // not. Both products are exact but where the result is far below a half.
  double factor_ = 1;
  double second_factor_ = 1;
};

}  // namespace tessera::numeric
