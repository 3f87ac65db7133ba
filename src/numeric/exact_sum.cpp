#include "tessera/numeric/exact_sum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace tessera::numeric {
namespace {

constexpr int kSumBits = 62;       // sums stay below 2^62: room for a sign and one doubling
constexpr int kWideSumBits = 126;  // the same of sums in 128 bits
constexpr int kFinestBits = 120;   // 2^bits stays well inside single precision
constexpr int kRowBits = 30;    // of one value quantised to 32 bits: a sign, and room to round up
constexpr int kValueBits = 61;  // bits of one value inside an ExactSum
constexpr std::size_t kLimbs = 4;  // 32 bits each, so that 2^31 ranks cannot overflow a limb
constexpr unsigned kLimbBits = 32;

/// Smallest e with magnitude < 2^e; 0 for 0.
int exponent_above(double magnitude) { return magnitude > 0 ? std::ilogb(magnitude) + 1 : 0; }

}  // namespace

FixedPoint::FixedPoint(int bits)
    : bits_(bits), factor_(std::ldexp(1.0, bits)), step_(std::ldexp(1.0, -bits)) {}

FixedPoint FixedPoint::for_sum(double largest, std::uint64_t count) {
  const int bits = kSumBits - exponent_above(largest) - exponent_above(static_cast<double>(count));
  return FixedPoint(std::min(bits, kFinestBits));
}

FixedPoint FixedPoint::for_rows(double largest, std::uint64_t count) {
  return FixedPoint(std::min(for_sum(largest, count).bits(), kRowBits - exponent_above(largest)));
}

FixedPoint FixedPoint::for_masses(double largest, Int128 total) {
  if (total < kMostAsRows) {
    return for_sum(largest, static_cast<std::uint64_t>(total));
  }
  const int bits = std::min(kSumBits, kWideSumBits - exponent_above(static_cast<double>(total))) -
                   exponent_above(largest);
  return FixedPoint(std::min(bits, kFinestBits));
}

std::int64_t FixedPoint::quantise(double value) const { return std::llrint(value * factor_); }

ExactSum::ExactSum(double largest, bool massive)
    : massive_(massive), exponent_(kValueBits - exponent_above(largest)) {
  constexpr int kLargest = std::numeric_limits<double>::max_exponent - 1;
  const int first = std::min(exponent_, kLargest);
  factor_ = std::ldexp(1.0, first);
  second_factor_ = std::ldexp(1.0, exponent_ - first);
}

double ExactSum::value(int exponent) const {
  const Int128 upper = upper_ + (total_ >> kLowerMassBits);
  const Int128 lower = total_ & kLowerMass;
  constexpr Int128 kFits = Int128{1} << (127 - kLowerMassBits);
  if (upper < kFits && upper >= -kFits) {
    return std::ldexp(static_cast<double>(upper * (kLowerMass + 1) + lower), exponent - exponent_);
  }
  // 96 bits and more: of what comes below them a double knows only whether it is 0
  return std::ldexp(static_cast<double>(upper | (lower != 0 ? 1 : 0)),
                    static_cast<int>(kLowerMassBits) + exponent - exponent_);
}

void ExactSum::add_by_group(std::span<const double> values, std::span<const std::int32_t> groups,
                            std::span<ExactSum> sums) {
  if (sums.empty()) {
    return;
  }
  if (values.size() > kMostInPart) {
    add_by_group(values.subspan(kMostInPart), groups.subspan(kMostInPart), sums);
    values = values.first(kMostInPart);
  }
  constexpr std::size_t kAtOnce = 512;  // stays in the first cache
  struct Group {
    std::uint64_t upper = 0;
    std::uint64_t lower = 0;
    std::uint64_t count = 0;
  };
  std::vector<Group> found(sums.size());
  const double factor = sums[0].factor_;
  const double second_factor = sums[0].second_factor_;
  std::array<std::uint64_t, kAtOnce> upper;
  std::array<std::uint64_t, kAtOnce> lower;
  for (std::size_t first = 0; first < values.size(); first += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, values.size() - first);
    const double* const value = values.data() + first;
    simd::vectorise([=, high = upper.data(), low = lower.data()]() TESSERA_INLINE {
      for (std::size_t i = 0; i < count; ++i) {
        const double known = value[i] == value[i] ? value[i] : 0.0;
        const Split split(known * factor * second_factor);
        high[i] = split.upper;
        low[i] = split.lower;
      }
    });
    for (std::size_t i = 0; i < count; ++i) {
      Group& group = found[static_cast<std::size_t>(groups[first + i])];
      group.upper += upper[i];
      group.lower += lower[i];
      ++group.count;
    }
  }
  for (std::size_t g = 0; g < sums.size(); ++g) {
    sums[g].add_split(found[g].upper, found[g].lower, found[g].count);
  }
}

void ExactSum::add_by_group(std::span<const double> values, std::span<const std::int32_t> groups,
                            std::span<const Mass> masses, std::span<ExactSum> sums) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) {
      sums[static_cast<std::size_t>(groups[i])].add_mass(values[i], masses[i]);
    }
  }
}

void append_limbs(std::span<const Int128> values, std::vector<std::int64_t>& limbs) {
  limbs.reserve(limbs.size() + values.size() * kLimbs);
  for (Int128 rest : values) {
    for (std::size_t limb = 0; limb + 1 < kLimbs; ++limb) {
      limbs.push_back(static_cast<std::int64_t>(rest & 0xFFFFFFFF));
      rest >>= kLimbBits;
    }
    limbs.push_back(static_cast<std::int64_t>(rest));  // the signed top
  }
}

std::span<const std::int64_t> take_limbs(std::span<const std::int64_t> limbs,
                                         std::span<Int128> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = 0;
    for (std::size_t limb = kLimbs; limb-- > 0;) {
      values[i] = values[i] * (Int128{1} << kLimbBits) + limbs[i * kLimbs + limb];
    }
  }
  return limbs.subspan(values.size() * kLimbs);
}

void all_sum(const comm::Communicator& comm, std::span<Int128> values) {
  std::vector<std::int64_t> limbs;
  append_limbs(values, limbs);
  comm.all_reduce(std::span<std::int64_t>(limbs), comm::Op::kSum);
  (void)take_limbs(limbs, values);
}

void ExactSum::all_reduce(const comm::Communicator& comm, std::span<ExactSum> sums) {
  const bool massive = !sums.empty() && sums.front().massive_;
  std::vector<Int128> totals;
  totals.reserve(sums.size());
  for (const ExactSum& sum : sums) {
    totals.push_back(sum.total_);
    if (massive) {
      totals.push_back(sum.upper_);
    }
  }
  all_sum(comm, totals);
  auto total = totals.begin();
  for (ExactSum& sum : sums) {
    sum.total_ = *total++;
    if (massive) {
      sum.upper_ = *total++;
    }
  }
}

}  // namespace tessera::numeric
