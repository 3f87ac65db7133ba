#include "tessera/numeric/order_statistic.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace tessera::numeric {
namespace {

constexpr unsigned kDigitBits = 16;
constexpr std::uint64_t kDigitMask = (std::uint64_t{1} << kDigitBits) - 1;
constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63U;

/// Unsigned integers in the order of the doubles they stand for; -0 and 0 are one value.
std::uint64_t to_key(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value + 0.0);
  return (bits & kSignBit) != 0 ? ~bits : bits | kSignBit;
}

double from_key(std::uint64_t key) {
  return std::bit_cast<double>((key & kSignBit) != 0 ? key & ~kSignBit : ~key);
}

}  // namespace

double order_statistic(const comm::Communicator& comm, std::span<const double> values,
                       std::uint64_t position) {
  std::vector<std::int64_t> counts(kDigitMask + 1);
  std::uint64_t prefix = 0;
  auto below = static_cast<std::int64_t>(position);
  for (unsigned shift = 64; shift > 0;) {
    const std::uint64_t known = shift == 64 ? 0 : ~std::uint64_t{0} << shift;
    shift -= kDigitBits;
    std::ranges::fill(counts, 0);
    for (const double value : values) {
      if (const std::uint64_t key = to_key(value); !std::isnan(value) && (key & known) == prefix) {
        ++counts[(key >> shift) & kDigitMask];
      }
    }
    comm.all_reduce(std::span<std::int64_t>(counts), comm::Op::kSum);
    std::uint64_t digit = 0;
    while (below >= counts[digit]) {
      below -= counts[digit++];
    }
    prefix |= digit << shift;
  }
  return from_key(prefix);
}

double median(const comm::Communicator& comm, std::span<const double> values) {
  const auto is_number = [](double value) { return !std::isnan(value); };
  const std::int64_t count =
      comm.all_sum(static_cast<std::int64_t>(std::ranges::count_if(values, is_number)));
  if (count == 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const auto middle = static_cast<std::uint64_t>((count - 1) / 2);
  const double lower = order_statistic(comm, values, middle);
  if (count % 2 == 1) {
    return lower;
  }
  // the upper middle is the same value, or the least one above it
  std::int64_t up_to_lower = 0;
  double above = std::numeric_limits<double>::infinity();
  for (const double value : values) {
    up_to_lower += value <= lower ? 1 : 0;
    above = value > lower ? std::min(above, value) : above;
  }
  up_to_lower = comm.all_sum(up_to_lower);
  above = comm.all_min(above);
  const double upper = up_to_lower > static_cast<std::int64_t>(middle) + 1 ? lower : above;
  return lower + (upper - lower) / 2;
}

}  // namespace tessera::numeric
