#include "tessera/cluster/assign.hpp"

#include <algorithm>
#include <cmath>

#include "tessera/cluster/kernels.hpp"

namespace tessera::cluster {

using features::FeatureRows;

std::vector<std::int32_t> assign(const FeatureRows& rows, const Centroids& centroids) {
  const PackedCentroids packed(centroids);
  std::vector<std::int32_t> labels(rows.rows());
  BlockAssignment out;
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    kernels().assign(rows.numeric_block(b), rows.code_block(b), packed.view(), out);
    std::copy_n(out.label, rows.rows_in_block(b),
                labels.begin() + static_cast<std::ptrdiff_t>(b * FeatureRows::kBlock));
  }
  return labels;
}

void measure(const FeatureRows& rows, const Centroids& centroids, std::span<Nearest> out) {
  const PackedCentroids packed(centroids);
  BlockAssignment block;
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    kernels().assign(rows.numeric_block(b), rows.code_block(b), packed.view(), block);
    for (std::size_t i = 0; i < rows.rows_in_block(b); ++i) {
      const std::uint64_t row = b * FeatureRows::kBlock + i;
      const double squared =
          squared_distance(rows, row, centroids.row(static_cast<std::size_t>(block.label[i])));
      // twice the difference of two scores is the difference of the squared distances
      const double difference =
          centroids.count < 2 ? 0 : 2 * (double{block.second[i]} - double{block.score[i]});
      const double distance = std::sqrt(squared);
      const double next = std::sqrt(squared + difference);
      out[row] = {block.label[i], distance, difference > 0 ? difference / (next + distance) : 0};
    }
  }
}

double squared_distance(const FeatureRows& rows, std::uint64_t row,
                        std::span<const float> centroid) {
  const features::Space& space = rows.space();
  double sum = 0;
  for (std::size_t j = 0; j < space.numeric; ++j) {
    const double difference = double{rows.number(row, j)} - double{centroid[j]};
    sum += difference * difference;
  }
  std::size_t first = space.numeric;
  for (std::size_t c = 0; c < space.categories(); ++c) {
    const std::uint16_t code = rows.code(row, c);
    for (std::size_t level = 0; level < space.levels[c]; ++level) {
      const double difference = (level == code ? 1.0 : 0.0) - double{centroid[first + level]};
      sum += difference * difference;
    }
    first += space.levels[c];
  }
  return sum;
}

}  // namespace tessera::cluster
