#include "cluster/seeding/seeding.hpp"

#include <algorithm>
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

Centroids centroids_at(const FeatureRows& points) {
  Centroids centroids(points.space(), points.rows());
  for (std::size_t i = 0; i < centroids.count; ++i) {
    points.expand(i, centroids.row(i));
  }
  return centroids;
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
  const std::size_t trials = greedy_trials(k);
  FeatureRows point = first_rows(comm, rows, 1, seed, numeric::kSeedingFirst, restart);
  NearestDistances nearest(rows, facts);
  Centroids centroids(rows.space(), k);
  for (std::size_t step = 0;; ++step) {
    point.expand(0, centroids.row(step));
    if (step + 1 == k) {
      return centroids;
    }
    nearest.approach(point);
    const numeric::Int128 sum = numeric::all_sum(comm, nearest.sum());
    const std::vector<std::uint64_t> drawn = nearest.draw(comm, trials, random.of_rows(step), sum);
    const FeatureRows candidates = features::gather_by_key(comm, rows, drawn).rows;
    if (candidates.rows() == 0) {
      continue;  // every row equals one taken already
    }
    std::vector<numeric::Int128> left = nearest.sums_if_approached(candidates);
    numeric::all_sum(comm, left);
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
      return centroids_at(first_rows(comm, rows, k, seed, numeric::kSeedingRandom, restart));
    case Init::kRows: {
      std::vector<std::uint64_t> numbers;
      for (std::uint64_t i = 0; i < k; ++i) {
        // floor(i n / k) without the product, which could overflow
        numbers.push_back(i * (facts.rows / k) + i * (facts.rows % k) / k);
      }
      return centroids_at(features::gather_table_rows(comm, rows, numbers));
    }
  }
  fail(ExitCode::kInternal, "no such way of seeding");
}

}  // namespace tessera::cluster
