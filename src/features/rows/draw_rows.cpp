#include "tessera/features/rows/draw_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tessera/simd/vectorise.hpp"

namespace tessera::features {
namespace {

constexpr std::size_t kBlock = FeatureRows::kBlock;
constexpr double kEverything = std::numeric_limits<double>::infinity();

struct Candidate {
  double priority;
  std::uint64_t key;
  std::uint64_t row;  // in the whole table: only to tell rows of one key apart
  // clang-tidy 14 sees a 0 in what the compiler makes of it
  auto operator<=>(const Candidate&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// The candidates of a shard: its rows of a priority below a bound, but no more than the `count`
/// first of them.
class Collector {
 public:
  Collector(std::uint64_t count, double bound) : count_(count), bound_(bound) {}

  [[nodiscard]] double bound() const { return bound_; }

  void add(const Candidate& candidate) {
    candidates_.push_back(candidate);
    if (candidates_.size() >= 2 * count_ + kBlock) {
      cut();
      bound_ = std::nextafter(candidates_[count_ - 1].priority, kEverything);
    }
  }

  [[nodiscard]] std::vector<Candidate> take() {
    if (candidates_.size() > count_) {
      cut();
    }
    return std::move(candidates_);
  }

 private:
  void cut() {
    std::ranges::nth_element(candidates_,
                             candidates_.begin() + static_cast<std::ptrdiff_t>(count_ - 1));
    candidates_.resize(count_);
  }

  std::uint64_t count_;
  double bound_;
  std::vector<Candidate> candidates_;
};

/// How a row's priority follows from its random number: the number itself.
struct Alike {
  [[nodiscard]] TESSERA_INLINE double reach(std::size_t, double bound) const { return bound; }
  [[nodiscard]] double priority(std::uint64_t, double uniform) const { return uniform; }
};

/// -ln(1 - number) over the row's mass; the logarithm is at least the number, but for rounding, so
/// that hardly any need be computed.
template <typename Mass>
struct ByMass {
  const Mass* mass;
  [[nodiscard]] TESSERA_INLINE double reach(std::size_t row, double bound) const {
    constexpr double kSlack = 1 + 1e-9;
    return bound * kSlack *
           double{mass[row]};  // NaN, which nothing is below, for bound infinite and no mass
  }
  [[nodiscard]] double priority(std::uint64_t row, double uniform) const {
    return numeric::exponential(uniform) / double{mass[row]};
  }
};

template <typename Priority>
std::vector<Candidate> collect(const FeatureRows& shard, std::uint64_t count, double bound,
                               const numeric::KeyedRandom& random, const Priority& priority) {
  Collector collector(count, bound);
  const std::uint64_t* const stored =
      shard.stored_keys().empty() ? nullptr : shard.stored_keys().data();
  double uniform[kBlock];
  for (std::size_t b = 0; b < shard.blocks(); ++b) {
    const std::uint64_t first = b * kBlock;
    const std::size_t rows = shard.rows_in_block(b);
    bool found = false;
    simd::vectorise([=, &found, numbers = &uniform[0], limit = collector.bound(),
                     number = shard.first_row() + first]() TESSERA_INLINE {
      for (std::size_t i = 0; i < rows; ++i) {
        numbers[i] =
            random.uniform(stored == nullptr ? key_of_number(number + i) : stored[first + i]);
      }
      std::uint64_t any = 0;
      for (std::size_t i = 0; i < rows; ++i) {
        any |= numbers[i] < priority.reach(first + i, limit) ? 1U : 0U;
      }
      found = any != 0;
    });
    for (std::size_t i = 0; found && i < rows; ++i) {
      if (!(uniform[i] < priority.reach(first + i, collector.bound()))) {
        continue;
      }
      const double at = priority.priority(first + i, uniform[i]);
      if (at < collector.bound()) {
        collector.add({at, shard.key(first + i), shard.first_row() + first + i});
      }
    }
  }
  return collector.take();
}

/// Collective. `total`: of the mass of all rows. Few rows more than wanted lie below a bound that
/// follows from it; only where mass is so unequal that they are too few does it take a second look.
template <typename Priority>
std::vector<std::uint64_t> draw(const comm::Communicator& comm, const FeatureRows& shard,
                                std::uint64_t count, double total,
                                const numeric::KeyedRandom& random, const Priority& priority) {
  if (count == 0) {
    return {};
  }
  const auto wanted = static_cast<double>(count);
  double bound = (wanted + 6 * std::sqrt(wanted) + 30) / total;
  std::vector<Candidate> mine;
  std::vector<Candidate> all;
  for (;;) {
    comm.together([&] { mine = collect(shard, count, bound, random, priority); });
    all = comm.all_gather(mine);
    if (all.size() >= count || bound == kEverything) {
      break;
    }
    bound = kEverything;
  }
  if (all.size() > count) {
    const auto last = all.begin() + static_cast<std::ptrdiff_t>(count - 1);
    std::ranges::nth_element(all, last);
    std::erase_if(mine, [&](const Candidate& candidate) { return *last < candidate; });
  }
  std::vector<std::uint64_t> rows;
  rows.reserve(mine.size());
  for (const Candidate& candidate : mine) {
    rows.push_back(candidate.row - shard.first_row());
  }
  std::ranges::sort(rows);
  return rows;
}

}  // namespace

std::vector<std::uint64_t> draw_rows(const comm::Communicator& comm, const FeatureRows& shard,
                                     std::uint64_t count, const numeric::KeyedRandom& random) {
  if (shard.draws_by_mass()) {
    const std::vector<double> mass = shard.drawn_masses();
    numeric::Int128 total = 0;
    for (const double one : mass) {
      total += static_cast<numeric::Int128>(one);
    }
    return draw_rows(comm, shard, count, random, mass,
                     static_cast<double>(numeric::all_sum(comm, total)));
  }
  const auto rows = static_cast<double>(comm.all_sum(shard.rows()));
  return draw(comm, shard, count, rows, random, Alike{});
}

std::vector<std::uint64_t> draw_rows(const comm::Communicator& comm, const FeatureRows& shard,
                                     std::uint64_t count, const numeric::KeyedRandom& random,
                                     std::span<const float> mass, double total) {
  return draw(comm, shard, count, total, random, ByMass<float>{mass.data()});
}

std::vector<std::uint64_t> draw_rows(const comm::Communicator& comm, const FeatureRows& shard,
                                     std::uint64_t count, const numeric::KeyedRandom& random,
                                     std::span<const double> mass, double total) {
  return draw(comm, shard, count, total, random, ByMass<double>{mass.data()});
}

std::uint64_t rows_to_draw(const comm::Communicator& comm, const FeatureRows& shard) {
  if (!shard.draws_by_mass()) {
    return comm.all_sum(shard.rows());
  }
  const std::vector<double> mass = shard.drawn_masses();
  const auto with_mass = std::ranges::count_if(mass, [](double one) { return one > 0; });
  return comm.all_sum(static_cast<std::uint64_t>(with_mass));
}

}  // namespace tessera::features
