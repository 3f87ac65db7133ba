#include "cluster/seeding/coreset.hpp"

#include <algorithm>
#include <cmath>
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

/// Collective: this rank's `rows`, each of which stands for some of the table, and those of others.
Coreset gather(const comm::Communicator& comm, const FeatureRows& shard,
               std::span<const std::uint64_t> rows, const std::vector<double>& weights) {
  features::KeyOrderedRows points = features::gather_by_key(comm, shard, rows);
  const std::vector<double> in_rank_order = comm.all_gather(weights);
  std::vector<double> ordered;
  ordered.reserve(points.places.size());
  for (const std::uint64_t place : points.places) {
    ordered.push_back(in_rank_order[place]);
  }
  return {std::move(points.rows), std::move(ordered)};
}

/// What random choices go by; 1 for all where they are alike.
std::vector<double> drawn_masses(const FeatureRows& rows) {
  return rows.draws_by_mass() ? rows.drawn_masses() : std::vector<double>(rows.rows(), 1.0);
}

Coreset whole_table(const comm::Communicator& comm, const FeatureRows& rows) {
  std::vector<std::uint64_t> all;
  std::vector<double> weights;
  const std::vector<double> masses = drawn_masses(rows);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    if (masses[row] > 0) {
      all.push_back(row);
      weights.push_back(masses[row]);
    }
  }
  return gather(comm, rows, all, weights);
}

/// Takes pilots into `nearest`; returns its sum over the table.
numeric::Int128 take_pilots(const comm::Communicator& comm, const FeatureRows& rows,
                            std::uint64_t per_round, std::uint64_t seed, std::uint32_t restart,
                            NearestDistances& nearest) {
  const SeedingRandom random(seed, numeric::kSeedingSample, restart);
  nearest.approach(first_rows(comm, rows, per_round, seed, numeric::kSeedingFirst, restart));
  numeric::Int128 sum = numeric::all_sum(comm, nearest.sum());
  for (std::uint64_t round = 1; round <= kMaxRounds; ++round) {
    const std::vector<std::uint64_t> drawn =
        nearest.draw(comm, per_round, random.of_rows(round), sum);
    nearest.approach(features::gather_by_key(comm, rows, drawn).rows);
    const numeric::Int128 before = sum;
    sum = numeric::all_sum(comm, nearest.sum());
    if (sum >= before / 2) {
      break;
    }
  }
  return sum;
}

/// Collective: the mass of the rows that are nearest to each point.
std::vector<numeric::Int128> masses_of_pilots(const comm::Communicator& comm,
                                              const FeatureRows& rows,
                                              const NearestDistances& nearest) {
  std::vector<numeric::Int128> masses(nearest.points());
  if (rows.weighted()) {
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      masses[nearest.label(row)] += rows.masses()[row];
    }
  } else {
    std::vector<std::int64_t> sizes(nearest.points());
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      ++sizes[nearest.label(row)];
    }
    std::ranges::copy(sizes, masses.begin());
  }
  numeric::all_sum(comm, masses);
  return masses;
}

/// How often a row is expected in a sample of `size` rows, for each unit of its mass.
class ExpectedTimes {
 public:
  /// `sum`: of all distances, as `nearest` adds them.
  ExpectedTimes(const comm::Communicator& comm, const FeatureRows& rows, const DataFacts& facts,
                const NearestDistances& nearest, numeric::Int128 sum, std::size_t size)
      : nearest_(nearest) {
    const std::vector<numeric::Int128> masses = masses_of_pilots(comm, rows, nearest);
    const auto groups =
        static_cast<double>(std::ranges::count_if(masses, [](auto mass) { return mass > 0; }));
    const double half = static_cast<double>(size) / 2;
    for (const numeric::Int128 mass : masses) {
      by_pilot_.push_back(half / groups / static_cast<double>(mass));
    }
    if (sum > 0) {
      by_distance_ = half / facts.distance_format.value(sum);
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
  if (facts.drawn_rows <= size) {
    return whole_table(comm, rows);
  }
  NearestDistances nearest(rows, facts);
  const numeric::Int128 sum =
      take_pilots(comm, rows, std::min(k, kMostPilots), seed, restart, nearest);
  const ExpectedTimes expected(comm, rows, facts, nearest, sum, size);
  const numeric::KeyedRandom random =
      SeedingRandom(seed, numeric::kSeedingSample, restart).of_rows(0);
  std::vector<std::uint64_t> drawn;
  std::vector<double> weights;
  const std::vector<double> masses = rows.drawn_masses();  // none: 1 each
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    const double each = expected(row);
    const double of_row = masses.empty() ? each : masses[row] == 0 ? 0 : masses[row] * each;
    const double times = std::floor(of_row + random.uniform(rows.key(row)));
    if (times > 0) {
      drawn.push_back(row);
      weights.push_back(times / each);
    }
  }
  return gather(comm, rows, drawn, weights);
}

}  // namespace tessera::cluster
