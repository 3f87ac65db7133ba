#include "cluster/seeding/seeding.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <vector>

#include "cluster/seeding/coreset.hpp"
#include "cluster/seeding/draw_rows.hpp"
#include "cluster/seeding/greedy_picker.hpp"
#include "cluster/seeding/nearest_distances.hpp"
#include "cluster/seeding/recluster.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/rows/gather.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using numeric::Random;

Centroids from_table_rows(const comm::Communicator& comm, const FeatureRows& rows,
                          const std::vector<std::uint64_t>& ascending) {
  const FeatureRows points = features::gather_table_rows(comm, rows, ascending);
  Centroids centroids(points.space(), ascending.size());
  for (std::size_t i = 0; i < centroids.count; ++i) {
    points.expand(i, centroids.row(i));
  }
  return centroids;
}

/// k distinct row numbers, ascending: R. Floyd's sampling (Bentley, "Programming pearls: a sample
/// of brilliance", CACM 30(9), 1987).
std::vector<std::uint64_t> distinct_rows(std::uint64_t rows, std::size_t k, std::uint64_t seed,
                                         std::uint32_t restart) {
  const Random random(seed, numeric::kSeedingRandom);
  std::set<std::uint64_t> chosen;
  for (std::uint64_t last = rows - k; last < rows; ++last) {
    const std::uint64_t row = random.below(last + 1, last, restart);
    chosen.insert(chosen.contains(row) ? last : row);
  }
  return {chosen.begin(), chosen.end()};
}

Centroids seed_parallel(const comm::Communicator& comm, const FeatureRows& rows,
                        const DataFacts& facts, std::size_t k, std::uint64_t seed,
                        std::uint32_t restart) {
  return recluster(draw_coreset(comm, rows, facts, k, seed, restart), k, seed, restart);
}

Centroids seed_plus_plus(const comm::Communicator& comm, const FeatureRows& rows,
                         const DataFacts& facts, std::size_t k, std::uint64_t seed,
                         std::uint32_t restart) {
  const SeedingRandom random(seed, numeric::kSeedingGreedy, restart);
  const auto trials = static_cast<std::uint32_t>(greedy_trials(k));
  FeatureRows point = first_rows(comm, rows, 1, seed, restart);
  NearestDistances nearest(rows, facts);
  Centroids centroids(rows.space(), k);
  for (std::size_t step = 0;; ++step) {
    point.expand(0, centroids.row(step));
    if (step + 1 == k) {
      return centroids;
    }
    nearest.approach(point);
    const DrawnRows drawn = draw_rows(comm, rows, trials, random, step,
                                      [&](std::uint64_t row) { return nearest.quantised(row); });
    if (drawn.total == 0) {
      continue;  // every row equals one taken already
    }
    const FeatureRows candidates = features::gather_rows(comm, rows, drawn.rows);
    std::vector<std::uint64_t> left = nearest.sums_if_approached(candidates);
    comm.all_reduce(std::span<std::uint64_t>(left), comm::Op::kSum);
    const auto best = static_cast<std::uint64_t>(std::ranges::min_element(left) - left.begin());
    point.copy_row(candidates, best, 0);
  }
}

}  // namespace

Centroids seed_centroids(const comm::Communicator& comm, const FeatureRows& rows,
                         const DataFacts& facts, Init init, std::size_t k, std::uint64_t seed,
                         std::uint32_t restart) {
  switch (init) {
    case Init::kParallel:
      return seed_parallel(comm, rows, facts, k, seed, restart);
    case Init::kPlusPlus:
      return seed_plus_plus(comm, rows, facts, k, seed, restart);
    case Init::kRandom:
      return from_table_rows(comm, rows, distinct_rows(facts.rows, k, seed, restart));
    case Init::kRows: {
      std::vector<std::uint64_t> numbers;
      for (std::uint64_t i = 0; i < k; ++i) {
        // floor(i n / k) without the product, which could overflow
        numbers.push_back(i * (facts.rows / k) + i * (facts.rows % k) / k);
      }
      return from_table_rows(comm, rows, numbers);
    }
  }
  fail(ExitCode::kInternal, "no such way of seeding");
}

}  // namespace tessera::cluster
