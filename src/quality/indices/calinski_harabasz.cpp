#include <numeric>
#include <vector>

#include "quality/indices/list.hpp"
#include "quality/segment_spread.hpp"

namespace tessera::quality {
namespace {

double calinski_harabasz(std::span<const double> weights, double rows,
                         const SegmentSpread& spread) {
  const std::vector<double>& sums = spread.sums;
  const std::size_t dimensions = sums.size() / weights.size();
  const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::vector<double> overall(dimensions);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    overall[i % dimensions] += sums[i];
  }
  for (double& coordinate : overall) {
    coordinate /= all;
  }
  double between = 0;
  double filled = 0;
  for (std::size_t s = 0; s < weights.size(); ++s) {
    if (weights[s] > 0) {
      between += weights[s] * square_between(spread.means.point(s), overall);
      ++filled;
    }
  }
  const double within = std::accumulate(spread.squares.begin(), spread.squares.end(), 0.0);
  return within == 0 ? 1.0 : between * (rows - filled) / (within * (filled - 1));
}

IndexValue compute(IndexTask& task) {
  return IndexValue(
      {.value = calinski_harabasz(task.weights(), task.rows_stood_for(), task.spread()),
       .rows = task.rows()});
}

}  // namespace

/// (B / (k - 1)) / (W / (n - k)) with the squared distances B between the means of the segments'
/// rows and the overall mean, and W between rows and their mean; 1 if W is 0. Empty segments are
/// left out. Rows count as often as they weigh; n is how many they stand for.
Index calinski_harabasz_index() {
  return {.name = "calinski_harabasz",
          .title = "Calinski-Harabasz",
          .source =
              "Calinski and Harabasz, \"A dendrite method for cluster analysis\", "
              "Communications in Statistics 3, 1974",
          .better = Better::kHigher,
          .compute = compute};
}

}  // namespace tessera::quality
