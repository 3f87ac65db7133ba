#include "tessera/cluster/assigner.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <span>

namespace tessera::cluster {

using features::FeatureRows;

namespace {

/// Squared Euclidean distance of row `i` to a dense centroid, directly in double.
double squared_distance(const BlockRows& rows, std::size_t i, const features::Space& space,
                        std::span<const float> centroid) {
  double sum = 0;
  for (std::size_t j = 0; j < space.numeric; ++j) {
    const double difference = double{rows.numeric[j * rows.stride + i]} - double{centroid[j]};
    sum += difference * difference;
  }
  std::size_t first = space.numeric;
  for (std::size_t c = 0; c < space.categories(); ++c) {
    const std::uint16_t code = rows.codes[c * rows.stride + i];
    for (std::size_t level = 0; level < space.levels[c]; ++level) {
      const double difference = (level == code ? 1.0 : 0.0) - double{centroid[first + level]};
      sum += difference * difference;
    }
    first += space.levels[c];
  }
  return sum;
}

}  // namespace

Assigner::Assigner(const Centroids& centroids) : centroids_(centroids), packed_(centroids) {
  // Each of a score's roundings is at most u times the largest partial sum, which is at most
  // |c|^2 / 2 + |x||c| <= |c|^2 + |x|^2 / 2; the norm has as many roundings as features.
  constexpr double kUnitRoundoff = 0x1.0p-24;
  const auto operations =
      static_cast<double>(centroids.space.numeric + centroids.space.categories() + 4);
  error_at_zero_ = kUnitRoundoff * operations * packed_.largest_norm() * packed_.largest_norm();
  error_per_norm_ = kUnitRoundoff * operations * 1.5;
}

void Assigner::assign(const FeatureRows& rows, std::size_t b, BlockAssignment& out) const {
  const BlockRows block = block_rows(rows, b);
  assign(block, rows.rows_in_block(b), kernels().largest_norm(block), out);
}

void Assigner::assign(const BlockRows& rows, std::size_t count, float largest_norm,
                      BlockAssignment& out) const {
  const Kernels& kernel = kernels();
  kernel.assign(rows, packed_.view(), out);
  const auto threshold = static_cast<float>(2 * score_error(double{largest_norm}));
  std::uint64_t close = kernel.close_calls(out, threshold) & first_bits(count);
  for (; close != 0; close &= close - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(close));
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < centroids_.count; ++c) {
      const double distance = squared_distance(rows, i, centroids_.space, centroids_.row(c));
      if (distance < least) {
        least = distance;
        out.label[i] = static_cast<std::int32_t>(c);
      }
    }
  }
}

}  // namespace tessera::cluster
