#include "tessera/cluster/seeding.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "nearest_distances.hpp"
#include "tessera/base/error.hpp"
#include "tessera/cluster/assign.hpp"
#include "tessera/features/gather.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using numeric::Random;

constexpr std::uint32_t kRounds = 5;              // of k-means||, after the first row
constexpr std::uint32_t kMoreRounds = 20;         // if those took fewer than k rows
constexpr std::uint64_t kOversampling = 2;        // rows taken per round, in units of k
constexpr std::uint32_t kDrawsPerRestart = 1024;  // keeps the draws of restarts apart

std::uint32_t draw_of(std::uint32_t restart, std::uint32_t step) {
  return restart * kDrawsPerRestart + step;
}

std::size_t greedy_trials(std::size_t k) {
  return 2 + static_cast<std::size_t>(std::log(static_cast<double>(k)));
}

/// Rows of `points`, by position, as centroids.
Centroids as_centroids(const FeatureRows& points, const std::vector<std::uint64_t>& positions) {
  Centroids centroids(points.space(), positions.size());
  for (std::size_t i = 0; i < positions.size(); ++i) {
    points.expand(positions[i], centroids.row(i));
  }
  return centroids;
}

Centroids from_table_rows(const comm::Communicator& comm, const FeatureRows& rows,
                          const std::vector<std::uint64_t>& ascending) {
  const FeatureRows points = features::gather_table_rows(comm, rows, ascending);
  std::vector<std::uint64_t> all(ascending.size());
  for (std::uint64_t i = 0; i < all.size(); ++i) {
    all[i] = i;
  }
  return as_centroids(points, all);
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

/// Weighted greedy k-means++ on few points that every rank holds. Distances and sums are in double
/// and in one order, so all ranks pick the same: arrays hold one number per point, and are added
/// dimension after dimension.
class GreedyPicker {
 public:
  GreedyPicker(const FeatureRows& points, const std::vector<std::int64_t>& weights,
               std::uint64_t seed, std::uint32_t restart)
      : coordinates_(static_cast<Eigen::Index>(points.rows()),
                     static_cast<Eigen::Index>(points.space().dimensions())),
        weights_(static_cast<Eigen::Index>(points.rows())),
        random_(seed, numeric::kSeedingGreedy),
        restart_(restart) {
    std::vector<float> dense(points.space().dimensions());
    for (Eigen::Index i = 0; i < coordinates_.rows(); ++i) {
      points.expand(static_cast<std::uint64_t>(i), dense);
      for (Eigen::Index j = 0; j < coordinates_.cols(); ++j) {
        coordinates_(i, j) = double{dense[static_cast<std::size_t>(j)]};
      }
      weights_(i) = static_cast<double>(weights[static_cast<std::size_t>(i)]);
    }
  }

  /// Positions of k points; where there are fewer distinct ones, the first stands in.
  std::vector<std::uint64_t> pick(std::size_t k) {
    const Eigen::Index first = draw(weights_, 0, 0);
    std::vector<std::uint64_t> picked = {static_cast<std::uint64_t>(first)};
    Eigen::ArrayXd nearest = distances_to(first);
    while (picked.size() < k) {
      const Eigen::ArrayXd shares = nearest * weights_;
      if (!(sum_of(shares) > 0)) {
        picked.push_back(picked[0]);
        continue;
      }
      Eigen::Index best = 0;
      double best_sum = std::numeric_limits<double>::infinity();
      Eigen::ArrayXd best_nearest;
      for (std::uint32_t trial = 0; trial < greedy_trials(k); ++trial) {
        const Eigen::Index point = draw(shares, picked.size(), trial);
        Eigen::ArrayXd nearer = nearest.min(distances_to(point));
        if (const double left = sum_of(nearer * weights_); left < best_sum) {
          best = point;
          best_sum = left;
          best_nearest = std::move(nearer);
        }
      }
      picked.push_back(static_cast<std::uint64_t>(best));
      nearest = std::move(best_nearest);
    }
    return picked;
  }

 private:
  [[nodiscard]] Eigen::ArrayXd distances_to(Eigen::Index point) const {
    Eigen::ArrayXd squared = Eigen::ArrayXd::Zero(coordinates_.rows());
    for (Eigen::Index j = 0; j < coordinates_.cols(); ++j) {
      squared += (coordinates_.col(j) - coordinates_(point, j)).square();
    }
    return squared;
  }

  /// From first to last, unlike Eigen's own sum.
  static double sum_of(const Eigen::ArrayXd& values) {
    return std::accumulate(values.begin(), values.end(), 0.0);
  }

  /// A position, with probability in proportion to its share.
  [[nodiscard]] Eigen::Index draw(const Eigen::ArrayXd& shares, std::uint64_t step,
                                  std::uint32_t trial) const {
    double left = random_.uniform(step, draw_of(restart_, trial)) * sum_of(shares);
    Eigen::Index last = 0;
    for (Eigen::Index i = 0; i < shares.size(); ++i) {
      if (shares(i) > 0) {
        last = i;
        if (left < shares(i)) {
          break;
        }
        left -= shares(i);
      }
    }
    return last;
  }

  Eigen::ArrayXXd coordinates_;  // points x dimensions; a column is contiguous
  Eigen::ArrayXd weights_;
  Random random_;
  std::uint32_t restart_;
};

Centroids seed_parallel(const comm::Communicator& comm, const FeatureRows& rows,
                        const DataFacts& facts, std::size_t k, std::uint64_t seed,
                        std::uint32_t restart) {
  const Random random(seed, numeric::kSeedingSample);
  const std::uint64_t first =
      Random(seed, numeric::kSeedingFirst).below(facts.rows, 0, draw_of(restart, 0));
  FeatureRows points = features::gather_table_rows(comm, rows, std::vector{first});
  NearestDistances nearest(rows, facts);
  nearest.approach(points);
  std::vector<FeatureRows> rounds;
  rounds.push_back(std::move(points));
  std::uint64_t taken = 1;
  for (std::uint32_t round = 0; round < kRounds || (round < kMoreRounds && taken < k); ++round) {
    const std::int64_t sum = comm.all_sum(nearest.sum());
    if (sum == 0) {
      break;  // every row equals one taken already
    }
    const double factor = static_cast<double>(kOversampling * k) / static_cast<double>(sum);
    std::vector<std::uint64_t> mine;
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      if (const std::int64_t distance = nearest.quantised(row);
          distance > 0 && random.uniform(rows.first_row() + row, draw_of(restart, round)) <
                              static_cast<double>(distance) * factor) {
        mine.push_back(row);
      }
    }
    points = features::gather_rows(comm, rows, mine);
    nearest.approach(points);
    taken += points.rows();
    rounds.push_back(std::move(points));
  }

  FeatureRows candidates(rows.space(), taken, 0);
  std::uint64_t at = 0;
  for (const FeatureRows& round : rounds) {
    for (std::uint64_t i = 0; i < round.rows(); ++i) {
      candidates.copy_row(round, i, at++);
    }
  }
  std::vector<std::uint64_t> all(taken);
  for (std::uint64_t i = 0; i < taken; ++i) {
    all[i] = i;
  }
  std::vector<std::int64_t> weights(taken);
  for (const std::int32_t label : assign(rows, as_centroids(candidates, all))) {
    ++weights[static_cast<std::size_t>(label)];
  }
  comm.all_reduce(std::span<std::int64_t>(weights), comm::Op::kSum);
  return as_centroids(candidates, GreedyPicker(candidates, weights, seed, restart).pick(k));
}

Centroids seed_plus_plus(const comm::Communicator& comm, const FeatureRows& rows,
                         const DataFacts& facts, std::size_t k, std::uint64_t seed,
                         std::uint32_t restart) {
  const Random random(seed, numeric::kSeedingGreedy);
  const std::uint64_t first =
      Random(seed, numeric::kSeedingFirst).below(facts.rows, 0, draw_of(restart, 0));
  FeatureRows point = features::gather_table_rows(comm, rows, std::vector{first});
  NearestDistances nearest(rows, facts);
  nearest.approach(point);
  Centroids centroids(rows.space(), k);
  point.expand(0, centroids.row(0));
  for (std::size_t step = 1; step < k; ++step) {
    const std::int64_t mine = nearest.sum();
    const std::int64_t below = comm.sum_of_lower_ranks(mine);
    const std::int64_t sum = comm.all_sum(mine);
    if (sum == 0) {
      std::ranges::copy(centroids.row(0), centroids.row(step).begin());
      continue;
    }
    // the row at which the running sum of squared distances passes a random mark
    FeatureRows trials(rows.space(), greedy_trials(k), 0);
    for (std::uint32_t trial = 0; trial < trials.rows(); ++trial) {
      const auto mark = static_cast<std::int64_t>(
          random.below(static_cast<std::uint64_t>(sum), step, draw_of(restart, trial)));
      std::vector<std::uint64_t> found;
      if (mark >= below && mark < below + mine) {
        found.push_back(nearest.row_at(mark - below));
      }
      trials.copy_row(features::gather_rows(comm, rows, found), 0, trial);
    }
    std::vector<std::int64_t> left = nearest.sums_if_approached(trials);
    comm.all_reduce(std::span<std::int64_t>(left), comm::Op::kSum);
    const auto best = static_cast<std::uint64_t>(std::ranges::min_element(left) - left.begin());
    point = FeatureRows(rows.space(), 1, 0);
    point.copy_row(trials, best, 0);
    nearest.approach(point);
    point.expand(0, centroids.row(step));
  }
  return centroids;
}

}  // namespace

Init parse_init(const std::string& name) {
  if (name == "k-means||") {
    return Init::kParallel;
  }
  if (name == "k-means++") {
    return Init::kPlusPlus;
  }
  if (name == "random") {
    return Init::kRandom;
  }
  if (name == "rows") {
    return Init::kRows;
  }
  if (name == "file") {
    return Init::kFile;
  }
  fail(ExitCode::kUsage, "--init {}: expected k-means||, k-means++, random, rows or file", name);
}

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
    case Init::kFile:
      break;
  }
  fail(ExitCode::kInternal, "centroids from a file are read by the caller");
}

}  // namespace tessera::cluster
