#include "tessera/numeric/order_statistic.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace tessera::numeric {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// All ranks' together. The sample's error, with this many standard deviations to be safe, leaves
// one in twenty values.
constexpr std::uint64_t kSample = 4096;
constexpr double kDeviations = 3;

constexpr unsigned kDigitBits = 11;  // their counts fit the first cache
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

/// Collective: about kSample of all ranks' values, sorted.
std::vector<double> sample(const comm::Communicator& comm, std::span<const double> values,
                           std::uint64_t known) {
  const std::uint64_t stride = known / kSample + 1;
  std::vector<double> mine;
  std::uint64_t jitter = 0;  // a multiplicative sequence, lest the stride falls in with the table's
  for (std::uint64_t first = 0; first < values.size(); first += stride) {
    jitter += 0x9E3779B97F4A7C15;
    const std::uint64_t at = first + (jitter >> 32U) % stride;
    if (at < values.size() && !std::isnan(values[at])) {
      mine.push_back(values[at]);
    }
  }
  std::vector<double> all = comm.all_gather(mine);
  std::ranges::sort(all);
  return all;
}

/// Values of all ranks among which those at some positions are.
struct Candidates {
  std::vector<double> values;  ///< this rank's
  std::uint64_t below = 0;     ///< how many of all ranks' values are less than all candidates
};

/// Collective: candidates for positions `first` to `last`.
Candidates narrow(const comm::Communicator& comm, std::span<const double> values,
                  std::uint64_t known, std::uint64_t first, std::uint64_t last) {
  double low = -kInfinity;
  double high = kInfinity;
  if (known > 2 * kSample) {
    const std::vector<double> some = sample(comm, values, known);
    const auto count = static_cast<double>(some.size());
    const double share = static_cast<double>(first) / static_cast<double>(known);
    const double reach = kDeviations * std::sqrt(count * share * (1 - share)) + 1;
    if (const double from = count * share - reach; from >= 0) {
      low = some[static_cast<std::size_t>(from)];
    }
    if (const double to = count * share + reach; to < count) {
      high = some[static_cast<std::size_t>(to)];
    }
  }
  Candidates found;
  std::uint64_t below = 0;
  constexpr std::size_t kAtOnce = 1024;
  std::array<double, kAtOnce> within;
  for (std::size_t begin = 0; begin < values.size(); begin += kAtOnce) {
    const std::size_t end = std::min(values.size(), begin + kAtOnce);
    std::size_t count = 0;
    for (std::size_t i = begin; i < end; ++i) {  // without branches; NaN compares false
      const double value = values[i];
      within[count] = value;
      count += static_cast<std::size_t>(static_cast<int>(value >= low) &
                                        static_cast<int>(value <= high));
      below += value < low ? 1U : 0U;
    }
    found.values.insert(found.values.end(), within.begin(),
                        within.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::array<std::uint64_t, 2> counts = {below, found.values.size()};
  comm.all_reduce(std::span<std::uint64_t>(counts), comm::Op::kSum);
  if (first >= counts[0] && last < counts[0] + counts[1]) {
    found.below = counts[0];
    return found;
  }
  found.values.clear();
  std::ranges::copy_if(values, std::back_inserter(found.values),
                       [](double value) { return !std::isnan(value); });
  return found;
}

/// Of all candidates in order, the one at some position and whether the next one equals it.
struct Found {
  double value;
  bool repeated;
};

/// Collective.
Found find(const comm::Communicator& comm, const Candidates& candidates, std::uint64_t position) {
  std::vector<std::uint64_t> keys(candidates.values.size());
  std::ranges::transform(candidates.values, keys.begin(), to_key);
  std::vector<std::int64_t> counts(kDigitMask + 1);
  std::uint64_t prefix = 0;
  auto below = static_cast<std::int64_t>(position - candidates.below);
  for (unsigned shift = 64; shift > 0;) {
    shift -= std::min(kDigitBits, shift);
    std::ranges::fill(counts, 0);
    for (const std::uint64_t key : keys) {
      ++counts[(key >> shift) & kDigitMask];
    }
    comm.all_reduce(std::span<std::int64_t>(counts), comm::Op::kSum);
    std::uint64_t digit = 0;
    while (below >= counts[digit]) {
      below -= counts[digit++];
    }
    prefix |= digit << shift;
    if (shift == 0) {
      return {from_key(prefix), below + 1 < counts[digit]};
    }
    std::erase_if(keys, [&](std::uint64_t key) { return key >> shift != prefix >> shift; });
  }
  return {};
}

}  // namespace

double order_statistic(const comm::Communicator& comm, std::span<const double> values,
                       std::uint64_t known, std::uint64_t position) {
  return find(comm, narrow(comm, values, known, position, position), position).value;
}

double median(const comm::Communicator& comm, std::span<const double> values, std::uint64_t known) {
  if (known == 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const std::uint64_t lower_middle = (known - 1) / 2;
  const std::uint64_t upper_middle = known / 2;
  const Candidates candidates = narrow(comm, values, known, lower_middle, upper_middle);
  const auto [lower, repeated] = find(comm, candidates, lower_middle);
  if (lower_middle == upper_middle || repeated) {
    return lower;
  }
  double above = kInfinity;
  for (const double value : candidates.values) {
    above = value > lower && value < above ? value : above;
  }
  const double upper = comm.all_min(above);
  return lower + (upper - lower) / 2;
}

}  // namespace tessera::numeric
