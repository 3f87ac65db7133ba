#include "cluster/seeding/greedy_picker.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

namespace tessera::cluster {
namespace {

using features::FeatureRows;

constexpr std::size_t kBlock = FeatureRows::kBlock;
constexpr std::uint64_t kMostTrials = 16;  // keeps the random numbers of starts apart

// From about a thousand segments on, fewer trials per step, but at least so many: more are hardly
// better, and take their time in proportion.
constexpr std::size_t kTrialsInAll = 8192;
constexpr std::size_t kLeastTrials = 3;

std::size_t trials_per_step(std::size_t k) {
  return std::min(greedy_trials(k), std::max(kTrialsInAll / k, kLeastTrials));
}

/// The shares of a block, and their sum: eight sums side by side, in one order on any processor.
double block_shares(const float* nearest, const double* weights, double* shares) {
  std::array<double, 8> sums{};
  for (std::size_t i = 0; i < kBlock; i += sums.size()) {
    for (std::size_t j = 0; j < sums.size(); ++j) {
      shares[i + j] = weights[i + j] * double{nearest[i + j]};
      sums[j] += shares[i + j];
    }
  }
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

/// The entry in which `mark` lies if the shares are laid end to end, or else the last that is not
/// 0. Takes off the mark what lies before.
std::size_t entry_at(std::span<const double> shares, double& mark) {
  std::size_t last = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i] > 0) {
      last = i;
      if (mark < shares[i]) {
        break;
      }
      mark -= shares[i];
    }
  }
  return last;
}

}  // namespace

std::size_t greedy_trials(std::size_t k) {
  return 2 + static_cast<std::size_t>(std::log(static_cast<double>(k)));
}

GreedyPicker::State::State(std::size_t blocks) : nearest(blocks * kBlock), sums(blocks) {}

GreedyPicker::GreedyPicker(const Coreset& points, const SeedingRandom& random)
    : points_(points.rows),
      random_(random),
      flat_(points.rows),
      weights_(points.weights),
      picked_(points.rows.blocks()),
      trial_(points.rows.blocks()),
      best_(points.rows.blocks()) {
  weights_.resize(points.rows.blocks() * kBlock);
}

std::vector<std::uint64_t> GreedyPicker::pick(std::size_t k, std::uint32_t start) {
  const auto random = [&](std::uint64_t step, std::uint64_t trial) {
    return random_.uniform(step, start * kMostTrials + trial);
  };
  double weight = random(0, 0) * std::accumulate(weights_.begin(), weights_.end(), 0.0);
  std::vector<std::uint64_t> picked = {entry_at(weights_, weight)};
  std::ranges::fill(picked_.nearest, std::numeric_limits<float>::infinity());
  double total = attempt(picked[0]);
  std::swap(picked_, trial_);
  const std::size_t trials = trials_per_step(k);
  while (picked.size() < k) {
    if (!(total > 0)) {
      picked.push_back(picked[0]);
      continue;
    }
    double least = std::numeric_limits<double>::infinity();
    std::uint64_t best = 0;
    for (std::uint64_t trial = 0; trial < trials; ++trial) {
      const double in_share = static_cast<double>(trial) + random(picked.size(), trial);
      const std::uint64_t point = point_at(in_share / static_cast<double>(trials) * total);
      if (const double left = attempt(point); left < least) {
        least = left;
        best = point;
        std::swap(best_, trial_);
      }
    }
    picked.push_back(best);
    total = least;
    std::swap(picked_, best_);
  }
  return picked;
}

/// The point at which the running sum of shares passes `mark`.
std::uint64_t GreedyPicker::point_at(double mark) const {
  const std::size_t first = entry_at(picked_.sums, mark) * kBlock;
  std::array<double, kBlock> shares;
  block_shares(picked_.nearest.data() + first, weights_.data() + first, shares.data());
  return first + entry_at(shares, mark);
}

/// Makes trial_ the state in which `point` is picked too; returns the sum of its shares.
double GreedyPicker::attempt(std::uint64_t point) {
  alignas(simd::kAlignment) std::array<std::int32_t, kBlock> labels{};
  std::array<double, kBlock> shares;
  double sum = 0;
  for (std::size_t b = 0; b < points_.blocks(); ++b) {
    float* nearest = trial_.nearest.data() + b * kBlock;
    std::copy_n(picked_.nearest.data() + b * kBlock, kBlock, nearest);
    flat_.approach(kernels(), points_, b, point, 0, nearest, labels.data());
    trial_.sums[b] = block_shares(nearest, weights_.data() + b * kBlock, shares.data());
    sum += trial_.sums[b];
  }
  return sum;
}

}  // namespace tessera::cluster
