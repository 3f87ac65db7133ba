#include <algorithm>
#include <cmath>
#include <vector>

#include "quality/indices/list.hpp"
#include "quality/segment_spread.hpp"

namespace tessera::quality {
namespace {

/// As scikit-learn's davies_bouldin_score, which takes distances up to this for none.
constexpr double kNoDistance = 1e-8;

double davies_bouldin(std::span<const double> weights, const SegmentSpread& spread) {
  std::vector<std::size_t> filled;
  std::vector<double> mean_distance(weights.size());
  for (std::size_t s = 0; s < weights.size(); ++s) {
    if (weights[s] > 0) {
      filled.push_back(s);
      mean_distance[s] = spread.distances[s] / weights[s];
    }
  }
  double sum = 0;
  double farthest = 0;
  for (const std::size_t i : filled) {
    double worst = 0;
    for (const std::size_t j : filled) {
      const double apart = std::sqrt(square_between(spread.means.point(i), spread.means.point(j)));
      farthest = std::max(farthest, apart);
      if (apart > 0) {
        worst = std::max(worst, (mean_distance[i] + mean_distance[j]) / apart);
      }
    }
    sum += worst;
  }
  const bool no_spread = std::ranges::max(mean_distance) <= kNoDistance;
  return no_spread || farthest <= kNoDistance ? 0.0 : sum / static_cast<double>(filled.size());
}

IndexValue compute(IndexTask& task) {
  return IndexValue({.value = davies_bouldin(task.weights(), task.spread()), .rows = task.rows()});
}

}  // namespace

/// The mean over the segments of max (S_i + S_j) / M_ij, S being the mean distance of a segment's
/// rows to their mean and M the distance of two means; 0 if all S or all M are 0. Empty segments
/// are left out.
Index davies_bouldin_index() {
  return {.name = "davies_bouldin",
          .title = "Davies-Bouldin",
          .source = "Davies and Bouldin, \"A cluster separation measure\", IEEE PAMI 1(2), 1979",
          .better = Better::kLower,
          .compute = compute};
}

}  // namespace tessera::quality
