#include "cluster/seeding/coreset.hpp"

#include <algorithm>
#include <numeric>
#include <span>

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

// The mass of either half of the sample. Sums stay below 2^63 whatever the roundings, and the mass
// of a single row is a large integer.
constexpr double kHalf = 0x1.0p60;

Coreset whole_table(const comm::Communicator& comm, const FeatureRows& rows) {
  std::vector<std::uint64_t> all(rows.rows());
  std::iota(all.begin(), all.end(), std::uint64_t{0});
  Coreset coreset{features::gather_rows(comm, rows, all), {}};
  coreset.weights.assign(coreset.rows.rows(), 1);
  return coreset;
}

/// Takes pilots into `nearest`.
void take_pilots(const comm::Communicator& comm, const FeatureRows& rows, std::uint32_t per_round,
                 std::uint64_t seed, std::uint32_t restart, NearestDistances& nearest) {
  const SeedingRandom random(seed, numeric::kSeedingSample, restart);
  nearest.approach(first_rows(comm, rows, per_round, seed, restart));
  std::uint64_t sum = comm.all_sum(nearest.sum());
  for (std::uint64_t round = 1; round <= kMaxRounds; ++round) {
    const DrawnRows drawn = draw_rows(comm, rows, per_round, random, round,
                                      [&](std::uint64_t row) { return nearest.quantised(row); });
    nearest.approach(features::gather_rows(comm, rows, drawn.rows));
    const std::uint64_t before = sum;
    sum = comm.all_sum(nearest.sum());
    if (sum >= before / 2) {
      break;
    }
  }
}

/// What a row counts for in the sample: an integer, for the sake of exact sums.
class SampleMass {
 public:
  SampleMass(const comm::Communicator& comm, const FeatureRows& rows,
             const NearestDistances& nearest)
      : nearest_(nearest) {
    std::vector<std::int64_t> sizes(nearest.points());
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      ++sizes[nearest.label(row)];
    }
    comm.all_reduce(std::span<std::int64_t>(sizes), comm::Op::kSum);
    const auto groups =
        static_cast<double>(std::ranges::count_if(sizes, [](auto size) { return size > 0; }));
    for (const std::int64_t size : sizes) {
      by_pilot_.push_back(kHalf / groups / static_cast<double>(size));
    }
    if (const std::uint64_t sum = comm.all_sum(nearest.sum()); sum > 0) {
      by_distance_ = kHalf / static_cast<double>(sum);
    }
  }

  std::uint64_t operator()(std::uint64_t row) const {
    return static_cast<std::uint64_t>(by_pilot_[nearest_.label(row)] +
                                      by_distance_ * static_cast<double>(nearest_.quantised(row)));
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
  const auto size = static_cast<std::uint32_t>(kLeastSize + kSizePerSegment * k);
  if (facts.rows <= size) {
    return whole_table(comm, rows);
  }
  NearestDistances nearest(rows, facts);
  take_pilots(comm, rows, static_cast<std::uint32_t>(std::min(k, kMostPilots)), seed, restart,
              nearest);
  const SampleMass mass(comm, rows, nearest);
  const SeedingRandom random(seed, numeric::kSeedingSample, restart);
  const DrawnRows drawn = draw_rows(comm, rows, size, random, 0, mass);
  std::vector<double> weights;
  for (std::size_t i = 0; i < drawn.rows.size(); ++i) {
    const double expected = static_cast<double>(size) * static_cast<double>(mass(drawn.rows[i])) /
                            static_cast<double>(drawn.total);
    weights.push_back(drawn.times[i] / expected);
  }
  return {features::gather_rows(comm, rows, drawn.rows), comm.all_gather(weights)};
}

}  // namespace tessera::cluster
