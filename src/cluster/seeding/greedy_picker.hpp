// Greedy k-means++ on the few weighted rows of a coreset.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster/seeding/coreset.hpp"
#include "cluster/seeding/draw_rows.hpp"
#include "cluster/seeding/nearest_distances.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::cluster {

/// Candidates per step of greedy k-means++: 2 + ln k, as in scikit-learn.
[[nodiscard]] std::size_t greedy_trials(std::size_t k);

/// Picks points of a coreset. Distances are in single precision, their weighted sums in double and
/// in one order, so that every rank picks the same on any processor. Keeps references.
class GreedyPicker {
 public:
  GreedyPicker(const Coreset& points, const SeedingRandom& random);

  /// Positions of k points; where there are fewer distinct ones, the first stands in. Different for
  /// each `start`.
  [[nodiscard]] std::vector<std::uint64_t> pick(std::size_t k, std::uint32_t start);

 private:
  /// Squared distances of the points to the nearest of those picked, and the sums of their shares,
  /// weight times distance, by block.
  struct State {
    explicit State(std::size_t blocks);
    simd::AlignedVector<float> nearest;  // whole blocks
    std::vector<double> sums;
  };

  [[nodiscard]] std::uint64_t point_at(double mark) const;
  double attempt(std::uint64_t point);

  const features::FeatureRows& points_;
  const SeedingRandom& random_;
  FlatPoints flat_;
  std::vector<double> weights_;  // whole blocks, 0 past the end
  State picked_;
  State trial_;  // if one more were picked
  State best_;
};

}  // namespace tessera::cluster
