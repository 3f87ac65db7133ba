#include <numeric>
#include <vector>

#include "quality/indices/list.hpp"
#include "quality/segment_spread.hpp"

namespace tessera::quality {
namespace {

double calinski_harabasz(std::span<const std::uint64_t> sizes, const SegmentSpread& spread) {
  const std::vector<double>& sums = spread.sums;
  const std::size_t dimensions = sums.size() / sizes.size();
  const auto rows =
      static_cast<double>(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}));
  std::vector<double> overall(dimensions);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    overall[i % dimensions] += sums[i];
  }
  for (double& coordinate : overall) {
    coordinate /= rows;
  }
  double between = 0;
  double filled = 0;
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    if (sizes[s] > 0) {
      between += static_cast<double>(sizes[s]) * square_between(spread.means.point(s), overall);
      ++filled;
    }
  }
  const double within = std::accumulate(spread.squares.begin(), spread.squares.end(), 0.0);
  return within == 0 ? 1.0 : between * (rows - filled) / (within * (filled - 1));
}

IndexValue compute(IndexTask& task) {
  return IndexValue({.value = calinski_harabasz(task.sizes(), task.spread()), .rows = task.rows()});
}

}  // namespace

/// (B / (k - 1)) / (W / (n - k)) with the squared distances B between the means of the segments'
/// rows and the overall mean, and W between rows and their mean; 1 if W is 0. Empty segments are
/// left out.
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
