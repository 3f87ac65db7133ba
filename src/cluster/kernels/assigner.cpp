#include "cluster/kernels/assigner.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <stdexcept>

#include "cluster/kernels/direct_distances.hpp"

namespace tessera::cluster {

using features::CategoryTables;
using features::FeatureRows;

namespace {

constexpr std::size_t kAtOnce = 8;  // independent sums hide the latency of additions

/// The nearest centroid, the lower number in a tie.
std::int32_t nearest_directly(const BlockRows& rows, const CategoryTables& categories,
                              std::size_t i, const Centroids& centroids) {
  std::int32_t nearest = 0;
  double least = std::numeric_limits<double>::infinity();
  double distances[kAtOnce];
  for (std::size_t first = 0; first < centroids.count; first += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, centroids.count - first);
    squared_distances(rows, categories, i, centroids.space, centroids.row(first).data(), count,
                      distances);
    for (std::size_t c = 0; c < count; ++c) {
      if (distances[c] < least) {
        least = distances[c];
        nearest = static_cast<std::int32_t>(first + c);
      }
    }
  }
  return nearest;
}

}  // namespace

Assigner::Assigner(const Centroids& centroids, const CategoryTables& categories)
    : centroids_(centroids), packed_(centroids, categories) {
  // Each of a score's roundings, one per product, and at most one per category (two, where their
  // values are not 1) in making the tables and in subtracting their entries, is at most u times the
  // largest partial sum, which is at most |c|^2 / 2 + |x||c| <= |c|^2 + |x|^2 / 2; the norm has as
  // many roundings as features.
  constexpr double kUnitRoundoff = 0x1.0p-24;
  const features::Space& space = centroids.space;
  const std::size_t per_category = space.level_values.empty() ? 1 : 2;
  const auto operations =
      static_cast<double>(space.numeric + per_category * space.categories() + 4);
  error_at_zero_ = kUnitRoundoff * operations * packed_.largest_norm() * packed_.largest_norm();
  error_per_norm_ = kUnitRoundoff * operations * 1.5;
}

void Assigner::assign(const FeatureRows& rows, std::size_t b, BlockAssignment& out) const {
  if (!rows.categories().agrees_with(packed_.categories())) {
    throw std::logic_error("rows are stored otherwise than the centroids are packed for");
  }
  const BlockRows block = block_rows(rows, b);
  assign(block, rows.rows_in_block(b), kernels().largest_norm(block), out);
}

void Assigner::assign(const BlockRows& rows, std::size_t count, float largest_norm,
                      BlockAssignment& out) const {
  const Kernels& kernel = kernels();
  const auto threshold = static_cast<float>(2 * score_error(double{largest_norm}));
  std::uint64_t close = kernel.assign(rows, packed_.view(), threshold, out) & first_bits(count);
  for (; close != 0; close &= close - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(close));
    out.label[i] = nearest_directly(rows, packed_.categories(), i, centroids_);
  }
}

}  // namespace tessera::cluster
