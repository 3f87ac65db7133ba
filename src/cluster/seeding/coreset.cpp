#include "cluster/seeding/coreset.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "cluster/seeding/draw_rows.hpp"
#include "cluster/seeding/nearest_distances.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

// Measured: larger samples give hardly better centroids.
constexpr std::size_t kSizePerSegment = 16;
constexpr std::size_t kLeastSize = 4096;

constexpr std::size_t kMostPilots = 64;  // per round
constexpr std::uint64_t kMaxRounds = 8;

Coreset whole_table(const comm::Communicator& comm, const FeatureRows& rows) {
  std::vector<std::uint64_t> all(rows.rows());
  std::iota(all.begin(), all.end(), std::uint64_t{0});
  Coreset coreset{features::gather_by_key(comm, rows, all).rows, {}};
  coreset.weights.assign(coreset.rows.rows(), 1);
  return coreset;
}

/// Takes pilots into `nearest`; returns its sum over the table.
std::uint64_t take_pilots(const comm::Communicator& comm, const FeatureRows& rows,
                          const DataFacts& facts, std::uint64_t per_round, std::uint64_t seed,
                          std::uint32_t restart, NearestDistances& nearest) {
  const SeedingRandom random(seed, numeric::kSeedingSample, restart);
  nearest.approach(first_rows(comm, rows, per_round, seed, numeric::kSeedingFirst, restart));
  std::uint64_t sum = comm.all_sum(nearest.sum());
  for (std::uint64_t round = 1; round <= kMaxRounds; ++round) {
    const std::vector<std::uint64_t> drawn =
        features::draw_rows(comm, rows, per_round, random.of_rows(round), nearest.squared(),
                            facts.distance_format.value(static_cast<std::int64_t>(sum)));
    nearest.approach(features::gather_by_key(comm, rows, drawn).rows);
    const std::uint64_t before = sum;
    sum = comm.all_sum(nearest.sum());
    if (sum >= before / 2) {
      break;
    }
  }
  return sum;
}

/// How often a row is expected in a sample of `size` rows.
class ExpectedTimes {
 public:
  /// `sum`: of all distances, as `nearest` adds them.
  ExpectedTimes(const comm::Communicator& comm, const FeatureRows& rows, const DataFacts& facts,
                const NearestDistances& nearest, std::uint64_t sum, std::size_t size)
      : nearest_(nearest) {
    std::vector<std::int64_t> sizes(nearest.points());
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      ++sizes[nearest.label(row)];
    }
    comm.all_reduce(std::span<std::int64_t>(sizes), comm::Op::kSum);
    const auto groups =
        static_cast<double>(std::ranges::count_if(sizes, [](auto count) { return count > 0; }));
    const double half = static_cast<double>(size) / 2;
    for (const std::int64_t count : sizes) {
      by_pilot_.push_back(half / groups / static_cast<double>(count));
    }
    if (sum > 0) {
      by_distance_ = half / facts.distance_format.value(static_cast<std::int64_t>(sum));
    }
  }

  [[nodiscard]] double operator()(std::uint64_t row) const {
    return by_pilot_[nearest_.label(row)] + by_distance_ * double{nearest_.squared()[row]};
  }

 private:
  const NearestDistances& nearest_;
  std::vector<double> by_pilot_;  // infinite for pilots that have no rows
  double by_distance_ = 0;
};

}  // namespace

Coreset draw_coreset(const comm::Communicator& comm, const FeatureRows& rows,
                     const DataFacts& facts, std::size_t k, std::uint64_t seed,
                     std::uint32_t restart) {
  const std::size_t size = kLeastSize + kSizePerSegment * k;
  if (facts.rows <= size) {
    return whole_table(comm, rows);
  }
  NearestDistances nearest(rows, facts);
  const std::uint64_t sum =
      take_pilots(comm, rows, facts, std::min(k, kMostPilots), seed, restart, nearest);
  const ExpectedTimes expected(comm, rows, facts, nearest, sum, size);
  const numeric::KeyedRandom random =
      SeedingRandom(seed, numeric::kSeedingSample, restart).of_rows(0);
  std::vector<std::uint64_t> drawn;
  std::vector<double> weights;
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    const double times = std::floor(expected(row) + random.uniform(rows.key(row)));
    if (times > 0) {
      drawn.push_back(row);
      weights.push_back(times / expected(row));
    }
  }
  features::KeyOrderedRows points = features::gather_by_key(comm, rows, drawn);
  const std::vector<double> in_rank_order = comm.all_gather(weights);
  weights.clear();
  for (const std::uint64_t place : points.places) {
    weights.push_back(in_rank_order[place]);
  }
  return {std::move(points.rows), std::move(weights)};
}

}  // namespace tessera::cluster
