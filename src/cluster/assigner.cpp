#include "tessera/cluster/assigner.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "tessera/cluster/assign.hpp"

namespace tessera::cluster {

using features::FeatureRows;

void block_norms(const FeatureRows& rows, std::size_t b, float* norms) {
  std::fill_n(norms, FeatureRows::kBlock, static_cast<float>(rows.space().categories()));
  for (std::size_t j = 0; j < rows.space().numeric; ++j) {
    const float* x = rows.numeric_block(b) + j * FeatureRows::kBlock;
    for (std::size_t i = 0; i < FeatureRows::kBlock; ++i) {
      norms[i] += x[i] * x[i];
    }
  }
}

Assigner::Assigner(const Centroids& centroids) : centroids_(centroids), packed_(centroids) {
  // Each of a score's roundings is at most u times the largest partial sum, which is at most
  // |c|^2 / 2 + |x||c| <= |c|^2 + |x|^2 / 2; the norm has as many roundings as features.
  constexpr double kUnitRoundoff = 0x1.0p-24;
  const auto operations =
      static_cast<double>(centroids.space.numeric + centroids.space.categories() + 4);
  error_at_zero_ = kUnitRoundoff * operations * packed_.largest_norm() * packed_.largest_norm();
  error_per_norm_ = kUnitRoundoff * operations * 1.5;
}

void Assigner::assign(const FeatureRows& rows, std::size_t b, const float* norms,
                      BlockAssignment& out) const {
  const Kernels& kernel = kernels();
  kernel.assign(rows.numeric_block(b), rows.code_block(b), packed_.view(), out);
  std::uint64_t close = kernel.close_calls(out, norms, static_cast<float>(2 * error_at_zero_),
                                           static_cast<float>(2 * error_per_norm_));
  if (close != 0 && rows.rows_in_block(b) < FeatureRows::kBlock) {
    close &= (std::uint64_t{1} << rows.rows_in_block(b)) - 1;
  }
  for (; close != 0; close &= close - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(close));
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < centroids_.count; ++c) {
      const double distance =
          squared_distance(rows, b * FeatureRows::kBlock + i, centroids_.row(c));
      if (distance < least) {
        least = distance;
        out.label[i] = static_cast<std::int32_t>(c);
      }
    }
  }
}

}  // namespace tessera::cluster
