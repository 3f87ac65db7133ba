#include "tessera/numeric/order_statistic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "numeric/ordered_key.hpp"
#include "tessera/simd/vectorise.hpp"

namespace tessera::numeric {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// All ranks' together. The sample's error, with this many standard deviations to be safe, leaves
// one in twenty values.
constexpr std::uint64_t kSample = 4096;
constexpr double kDeviations = 3;

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

/// Values of all ranks among which those at some positions are. A value that very many share is
/// likely to be an end; it is counted, not kept.
struct Candidates {
  std::vector<double> values;  ///< this rank's, between the ends
  std::uint64_t below = 0;     ///< how many of all ranks' values are less than `low`
  std::uint64_t at_low = 0;    ///< and how many are `low`
  std::uint64_t within = 0;
  std::uint64_t at_high = 0;  ///< 0 if the ends are one
  double low = -kInfinity;
  double high = kInfinity;

  [[nodiscard]] bool have(std::uint64_t first, std::uint64_t last) const {
    return first >= below && last < below + at_low + within + at_high;
  }
};

/// Counts those of `values` that are below or at the ends.
void count_outside(std::span<const double> values, Candidates& found) {
  simd::vectorise([&found, value = values.data(), count = values.size(), low = found.low,
                   high = found.high]() TESSERA_INLINE {
    std::uint64_t below = 0;
    std::uint64_t at_low = 0;
    std::uint64_t at_high = 0;
    for (std::size_t i = 0; i < count; ++i) {  // NaN compares false
      below += value[i] < low ? 1U : 0U;
      at_low += value[i] == low ? 1U : 0U;
      at_high += value[i] == high ? 1U : 0U;
    }
    found.below += below;
    found.at_low += at_low;
    found.at_high += at_high;
  });
}

/// Collective: candidates for positions `first` to `last`.
Candidates narrow(const comm::Communicator& comm, std::span<const double> values,
                  std::uint64_t known, std::uint64_t first, std::uint64_t last) {
  Candidates found;
  if (known > 2 * kSample) {
    const std::vector<double> some = sample(comm, values, known);
    const auto count = static_cast<double>(some.size());
    const double share = static_cast<double>(first) / static_cast<double>(known);
    const double reach = kDeviations * std::sqrt(count * share * (1 - share)) + 1;
    if (const double from = count * share - reach; from >= 0) {
      found.low = some[static_cast<std::size_t>(from)];
    }
    if (const double to = count * share + reach; to < count) {
      found.high = some[static_cast<std::size_t>(to)];
    }
  }
  constexpr std::size_t kAtOnce = 1024;
  std::array<double, kAtOnce> within;
  for (std::size_t begin = 0; begin < values.size(); begin += kAtOnce) {
    const auto piece = values.subspan(begin, std::min(kAtOnce, values.size() - begin));
    count_outside(piece, found);
    std::size_t count = 0;
    for (const double value : piece) {  // without branches
      within[count] = value;
      count += static_cast<std::size_t>(static_cast<int>(value > found.low) &
                                        static_cast<int>(value < found.high));
    }
    found.values.insert(found.values.end(), within.begin(),
                        within.begin() + static_cast<std::ptrdiff_t>(count));
  }
  std::array<std::uint64_t, 4> counts = {found.below, found.at_low, found.values.size(),
                                         found.low < found.high ? found.at_high : 0};
  comm.all_reduce(std::span<std::uint64_t>(counts), comm::Op::kSum);
  found.below = counts[0];
  found.at_low = counts[1];
  found.within = counts[2];
  found.at_high = counts[3];
  if (found.have(first, last)) {
    return found;
  }
  Candidates all;
  all.within = known;
  std::ranges::copy_if(values, std::back_inserter(all.values),
                       [](double value) { return !std::isnan(value); });
  return all;
}

/// Of all candidates in order, the one at some position and whether the next one equals it.
struct Found {
  double value;
  bool repeated;
};

/// Collective: of the candidates between the ends.
Found find(const comm::Communicator& comm, const Candidates& candidates, std::uint64_t position) {
  std::vector<std::uint64_t> keys(candidates.values.size());
  std::ranges::transform(candidates.values, keys.begin(), to_key);
  std::vector<std::int64_t> counts(kDigitMask + 1);
  std::uint64_t prefix = 0;
  auto below = static_cast<std::int64_t>(position);
  for (unsigned shift = kKeyBits; shift > 0;) {
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

/// Two values that follow each other in order.
struct Neighbours {
  double value;
  double next;
};

/// Collective: the values at `position` and, if it is `with_next`, the one behind.
Neighbours neighbours(const comm::Communicator& comm, std::span<const double> values,
                      std::uint64_t known, std::uint64_t position, bool with_next) {
  const Candidates candidates =
      narrow(comm, values, known, position, position + (with_next ? 1U : 0U));
  const std::uint64_t rank = position - candidates.below;
  const std::uint64_t above_low = candidates.at_low;
  const std::uint64_t up_to_high = candidates.at_low + candidates.within;
  if (rank >= up_to_high) {
    return {candidates.high + 0.0, candidates.high + 0.0};
  }
  double value = candidates.low + 0.0;  // both zeros are one value
  bool repeated = rank + 1 < above_low;
  if (rank >= above_low) {
    const Found found = find(comm, candidates, rank - above_low);
    value = found.value;
    repeated = found.repeated;
  }
  if (!with_next || repeated) {
    return {value, value};
  }
  if (rank + 1 >= up_to_high) {
    return {value, candidates.high + 0.0};
  }
  double above = kInfinity;
  for (const double other : candidates.values) {
    above = other > value && other < above ? other : above;
  }
  return {value, comm.all_min(above)};
}

/// Collective: how many of all ranks' values are less than `value`.
std::uint64_t count_below(const comm::Communicator& comm, std::span<const double> values,
                          double value) {
  std::uint64_t below = 0;
  for (const double other : values) {
    below += other < value ? 1U : 0U;
  }
  return comm.all_sum(below);
}

}  // namespace

double order_statistic(const comm::Communicator& comm, std::span<const double> values,
                       std::uint64_t known, std::uint64_t position) {
  return neighbours(comm, values, known, position, false).value;
}

double median(const comm::Communicator& comm, std::span<const double> values, std::uint64_t known) {
  return quantile(comm, values, known, 0.5);
}

double quantile(const comm::Communicator& comm, std::span<const double> values, std::uint64_t known,
                double q, const Repeated& others) {
  const std::uint64_t count = known + others.times;
  if (count == 0) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double place = static_cast<double>(count - 1) * q;
  const auto lower = std::min(static_cast<std::uint64_t>(place), count - 1);
  const double beyond = place - static_cast<double>(lower);
  const bool with_next = beyond > 0 && lower + 1 < count;
  Neighbours found{};
  if (others.times == 0) {
    found = neighbours(comm, values, known, lower, with_next);
  } else {
    const std::uint64_t before = count_below(comm, values, others.value);
    const auto at = [&](std::uint64_t position) {
      return position < before ? order_statistic(comm, values, known, position)
             : position < before + others.times
                 ? others.value
                 : order_statistic(comm, values, known, position - others.times);
    };
    found.value = at(lower);
    found.next = with_next ? at(lower + 1) : found.value;
  }
  return between(found.value, found.next, with_next ? beyond : 0);
}

}  // namespace tessera::numeric
