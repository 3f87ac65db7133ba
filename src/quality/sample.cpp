#include "quality/sample.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "tessera/numeric/int128.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::quality {
namespace {

struct Candidate {
  std::uint64_t number;  // random
  std::uint64_t row;     // local
  // clang-tidy 14 sees a 0 in what the compiler makes of it
  auto operator<=>(const Candidate&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// A number for each of this rank's rows, by which they are chosen; none for rows that cannot be.
class Numbers {
 public:
  Numbers(const features::FeatureRows& rows, const numeric::KeyedRandom& random)
      : rows_(rows), random_(random), masses_(rows.drawn_masses()) {}

  [[nodiscard]] std::optional<std::uint64_t> operator()(std::uint64_t row) const {
    const std::uint64_t key = rows_.key(row);
    if (!rows_.draws_by_mass()) {
      return random_.bits(key);
    }
    // positive doubles are in the order of their bits
    return masses_[row] > 0 ? std::optional(std::bit_cast<std::uint64_t>(
                                  numeric::exponential(random_.uniform(key)) / masses_[row]))
                            : std::nullopt;
  }

 private:
  const features::FeatureRows& rows_;
  numeric::KeyedRandom random_;
  std::vector<double> masses_;
};

/// This rank's candidates of each segment, ascending: its take[s] smallest numbers, since no
/// other row of the rank can be among the take[s] smallest of all ranks.
std::vector<std::vector<Candidate>> local_candidates(const Labelled& data,
                                                     std::span<const std::uint64_t> take,
                                                     const numeric::KeyedRandom& random) {
  std::vector<std::vector<Candidate>> heaps(take.size());
  const Numbers numbers(data.rows, random);
  for (std::uint64_t row = 0; row < data.rows.rows(); ++row) {
    const std::size_t segment = data.segment(row);
    std::vector<Candidate>& heap = heaps[segment];
    const std::optional<std::uint64_t> number = numbers(row);
    if (!number) {
      continue;
    }
    const Candidate candidate{*number, row};
    if (heap.size() == take[segment]) {
      if (heap.empty() || heap.front() < candidate) {
        continue;
      }
      std::ranges::pop_heap(heap);
      heap.pop_back();
    }
    heap.push_back(candidate);
    std::ranges::push_heap(heap);
  }
  for (std::vector<Candidate>& heap : heaps) {
    std::ranges::sort_heap(heap);
  }
  return heaps;
}

std::uint64_t count_up_to(const std::vector<Candidate>& candidates, std::uint64_t number) {
  return static_cast<std::uint64_t>(
      std::ranges::upper_bound(candidates, number, {}, &Candidate::number) - candidates.begin());
}
std::uint64_t count_below(const std::vector<Candidate>& candidates, std::uint64_t number) {
  return number == 0 ? 0 : count_up_to(candidates, number - 1);
}

}  // namespace

std::vector<std::uint64_t> allocate(std::span<const std::uint64_t> sizes, std::uint64_t rows) {
  const auto total = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  std::vector<std::uint64_t> take;
  take.reserve(sizes.size());
  for (const std::uint64_t size : sizes) {
    const numeric::Uint128 share = numeric::Uint128{rows} * size;
    const auto proportional =
        total == 0 ? 0 : static_cast<std::uint64_t>((share + (total - 1)) / total);
    take.push_back(std::min(size, std::max(kFewestPerSegment, proportional)));
  }
  return take;
}

std::vector<std::uint64_t> allocate(std::span<const std::uint64_t> sizes,
                                    std::span<const numeric::Int128> masses, std::uint64_t rows) {
  double total = 0;
  for (const numeric::Int128 mass : masses) {
    total += static_cast<double>(mass);
  }
  std::vector<std::uint64_t> take;
  take.reserve(sizes.size());
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    const double share = static_cast<double>(masses[s]) / total;
    const auto proportional =
        static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(rows)));
    take.push_back(std::min(sizes[s], std::max(kFewestPerSegment, proportional)));
  }
  return take;
}

std::vector<std::uint64_t> choose_rows(const comm::Communicator& comm, const Labelled& data,
                                       std::span<const std::uint64_t> take, std::uint64_t seed) {
  const numeric::KeyedRandom random = numeric::Random(seed, numeric::kEvaluateSample).keyed(0, 0);
  std::vector<std::vector<Candidate>> candidates;
  comm.together([&] { candidates = local_candidates(data, take, random); });

  // Bisects for the smallest number of each segment at which all ranks together have take[s] rows.
  std::vector<std::uint64_t> low(take.size(), 0);
  std::vector<std::uint64_t> high(take.size(), std::numeric_limits<std::uint64_t>::max());
  std::vector<std::uint64_t> counts(take.size());
  for (int bit = 0; bit < std::numeric_limits<std::uint64_t>::digits; ++bit) {
    for (std::size_t s = 0; s < take.size(); ++s) {
      counts[s] = count_up_to(candidates[s], std::midpoint(low[s], high[s]));
    }
    comm.all_reduce(std::span<std::uint64_t>(counts), comm::Op::kSum);
    for (std::size_t s = 0; s < take.size(); ++s) {
      const std::uint64_t middle = std::midpoint(low[s], high[s]);
      (counts[s] >= take[s] ? high[s] : low[s]) = counts[s] >= take[s] ? middle : middle + 1;
    }
  }

  // Rows of one key have one number. Of those at the bound, which are alike, the first ranks give
  // as many as are still wanted.
  std::vector<std::uint64_t> up_to(take.size());
  for (std::size_t s = 0; s < take.size(); ++s) {
    up_to[s] = count_up_to(candidates[s], high[s]);
    counts[s] = up_to[s];
  }
  comm.all_reduce(std::span<std::uint64_t>(counts), comm::Op::kSum);
  std::vector<std::uint64_t> rows;
  for (std::size_t s = 0; s < take.size(); ++s) {
    std::uint64_t chosen = take[s] == 0 ? 0 : up_to[s];
    if (counts[s] > take[s] && take[s] > 0) {
      const std::uint64_t below = count_below(candidates[s], high[s]);
      const std::uint64_t wanted = take[s] - comm.all_sum(below);
      const std::uint64_t before = comm.sum_of_lower_ranks(up_to[s] - below);
      chosen = below + std::min(up_to[s] - below, wanted - std::min(wanted, before));
    }
    for (std::uint64_t i = 0; i < chosen; ++i) {
      rows.push_back(candidates[s][i].row);
    }
  }
  std::ranges::sort(rows);
  return rows;
}

}  // namespace tessera::quality
