#include "tessera/cluster/assign.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tessera/cluster/assigner.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

/// Squared distances of the rows of a block to a centroid, directly in double.
class DirectDistances {
 public:
  explicit DirectDistances(const Centroids& centroids) : centroids_(centroids) {
    const features::Space& space = centroids.space;
    for (std::size_t i = 0; i < centroids.count; ++i) {
      for (std::size_t c = 0; c < space.categories(); ++c) {
        double norm = 0;
        for (const float p : centroids.row(i).subspan(space.first_dimension(c), space.levels[c])) {
          norm += double{p} * double{p};
        }
        level_norms_.push_back(norm);
      }
    }
  }

  void measure(const FeatureRows& rows, std::size_t b, std::size_t i, double* out) const {
    const features::Space& space = centroids_.space;
    const std::span<const float> centroid = centroids_.row(i);
    std::fill_n(out, FeatureRows::kBlock, 0.0);
    for (std::size_t j = 0; j < space.numeric; ++j) {
      const float* x = rows.numeric_block(b) + j * FeatureRows::kBlock;
      const double c = double{centroid[j]};
      for (std::size_t row = 0; row < FeatureRows::kBlock; ++row) {
        out[row] += (double{x[row]} - c) * (double{x[row]} - c);
      }
    }
    std::size_t first = space.numeric;
    for (std::size_t c = 0; c < space.categories(); ++c) {
      // (1 - p)^2 for the row's level and p^2 for the others
      const double norm = level_norms_[i * space.categories() + c];
      const std::uint16_t* codes = rows.code_block(b) + c * FeatureRows::kBlock;
      for (std::size_t row = 0; row < FeatureRows::kBlock; ++row) {
        out[row] += codes[row] == features::kNoLevel
                        ? norm
                        : std::max(0.0, norm + 1 - 2 * double{centroid[first + codes[row]]});
      }
      first += space.levels[c];
    }
  }

 private:
  const Centroids& centroids_;
  std::vector<double> level_norms_;  // centroids x categories: squared norm of the levels' entries
};

}  // namespace

std::vector<std::int32_t> assign(const FeatureRows& rows, const Centroids& centroids) {
  const Assigner assigner(centroids);
  std::vector<std::int32_t> labels(rows.rows());
  BlockAssignment out;
  alignas(numeric::kAlignment) float norms[FeatureRows::kBlock];
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    block_norms(rows, b, norms);
    assigner.assign(rows, b, norms, out);
    std::copy_n(out.label, rows.rows_in_block(b),
                labels.begin() + static_cast<std::ptrdiff_t>(b * FeatureRows::kBlock));
  }
  return labels;
}

void measure(const FeatureRows& rows, const Centroids& centroids, std::span<Nearest> out) {
  const std::vector<std::int32_t> labels = assign(rows, centroids);
  const DirectDistances direct(centroids);
  double distances[FeatureRows::kBlock];
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    const std::size_t count = rows.rows_in_block(b);
    const std::int32_t* label = labels.data() + b * FeatureRows::kBlock;
    double own[FeatureRows::kBlock] = {};
    double next[FeatureRows::kBlock];
    std::ranges::fill(next, std::numeric_limits<double>::infinity());
    for (std::size_t c = 0; c < centroids.count; ++c) {
      direct.measure(rows, b, c, distances);
      for (std::size_t i = 0; i < count; ++i) {
        double& which = label[i] == static_cast<std::int32_t>(c) ? own[i] : next[i];
        which =
            label[i] == static_cast<std::int32_t>(c) ? distances[i] : std::min(which, distances[i]);
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      const double distance = std::sqrt(own[i]);
      out[b * FeatureRows::kBlock + i] = {
          label[i], distance,
          centroids.count < 2 ? 0 : std::max(0.0, std::sqrt(next[i]) - distance)};
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
