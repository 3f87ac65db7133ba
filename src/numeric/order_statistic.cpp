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

/// Of all values in order, the one at some position and whether the next one equals it.
struct Found {
  double value;
  bool repeated;
};

Found find(const comm::Communicator& comm, std::span<const double> values, std::uint64_t position) {
  std::vector<std::int64_t> counts(kDigitMask + 1);
  std::vector<std::uint64_t> keys;  // those that share the digits found so far
  std::uint64_t prefix = 0;
  auto below = static_cast<std::int64_t>(position);
  for (unsigned shift = 64; shift > 0;) {
    shift -= kDigitBits;
    const bool first = shift + kDigitBits == 64;
    std::ranges::fill(counts, 0);
    if (first) {
      for (const double value : values) {
        if (!std::isnan(value)) {
          ++counts[to_key(value) >> shift];
        }
      }
    } else {
      for (const std::uint64_t key : keys) {
        ++counts[(key >> shift) & kDigitMask];
      }
    }
    const auto mine = [&](std::uint64_t digit) { return static_cast<std::size_t>(counts[digit]); };
    std::vector<std::int64_t> all = counts;
    comm.all_reduce(std::span<std::int64_t>(all), comm::Op::kSum);
    std::uint64_t digit = 0;
    while (below >= all[digit]) {
      below -= all[digit++];
    }
    prefix |= digit << shift;
    if (shift == 0) {
      return {from_key(prefix), below + 1 < all[digit]};
    }
    if (first) {
      keys.reserve(mine(digit));
      for (const double value : values) {
        if (const std::uint64_t key = to_key(value); key >> shift == digit && !std::isnan(value)) {
          keys.push_back(key);
        }
      }
    } else {
      std::erase_if(keys, [&](std::uint64_t key) { return key >> shift != prefix >> shift; });
    }
  }
  return {};
}

}  // namespace

double order_statistic(const comm::Communicator& comm, std::span<const double> values,
                       std::uint64_t position) {
  return find(comm, values, position).value;
}

double median(const comm::Communicator& comm, std::span<const double> values) {
  const auto is_number = [](double value) { return !std::isnan(value); };
  const std::int64_t count =
      comm.all_sum(static_cast<std::int64_t>(std::ranges::count_if(values, is_number)));
  if (count == 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const auto [lower, repeated] = find(comm, values, static_cast<std::uint64_t>((count - 1) / 2));
  if (count % 2 == 1 || repeated) {
    return lower;
  }
  double above = std::numeric_limits<double>::infinity();
  for (const double value : values) {
    above = value > lower && value < above ? value : above;
  }
  const double upper = comm.all_min(above);
  return lower + (upper - lower) / 2;
}

}  // namespace tessera::numeric
