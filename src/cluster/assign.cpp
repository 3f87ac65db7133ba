#include "tessera/cluster/assign.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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
  const std::vector<std::int32_t> labels = assign(rows, centroids);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    const auto own = static_cast<std::size_t>(labels[row]);
    double next = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < centroids.count; ++i) {
      if (i != own) {
        next = std::min(next, squared_distance(rows, row, centroids.row(i)));
      }
    }
    const double distance = std::sqrt(squared_distance(rows, row, centroids.row(own)));
    // in a near-tie the direct distances may order differently from the scores by a rounding error
    const double margin = std::isinf(next) ? 0 : std::max(0.0, std::sqrt(next) - distance);
    out[row] = {labels[row], distance, margin};
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
