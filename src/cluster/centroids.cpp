#include "tessera/cluster/centroids.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::cluster {

PackedCentroids::PackedCentroids(const Centroids& centroids)
    : space_(centroids.space), count_(centroids.count) {
  const std::size_t numeric = space_.numeric;
  const std::size_t tiles = (count_ + kTile - 1) / kTile;
  half_norms_.resize(tiles * kTile, 0.0F);
  coordinates_.resize(tiles * kTile * numeric, 0.0F);
  for (std::size_t i = 0; i < count_; ++i) {
    const std::span<const float> row = centroids.row(i);
    double norm = 0;
    for (const float value : row) {
      norm += static_cast<double>(value) * static_cast<double>(value);
    }
    half_norms_[i] = static_cast<float>(norm / 2);
    largest_norm_ = std::max(largest_norm_, std::sqrt(norm));
    for (std::size_t j = 0; j < numeric; ++j) {
      coordinates_[((i / kTile) * numeric + j) * kTile + i % kTile] = row[j];
    }
  }
  for (std::size_t c = 0; c < space_.categories(); ++c) {
    const std::size_t levels = space_.levels[c];
    const std::size_t first = space_.first_dimension(c);
    const std::size_t stride = (levels / kTableEntries + 1) * kTableEntries;
    const std::size_t offset = tables_.size();
    table_offsets_.push_back(offset);
    table_strides_.push_back(stride);
    levels_.push_back(static_cast<std::uint16_t>(levels));
    tables_.resize(offset + count_ * stride, 0.0F);  // zeros behind the levels
    for (std::size_t i = 0; i < count_; ++i) {
      std::ranges::copy(centroids.row(i).subspan(first, levels),
                        tables_.begin() + static_cast<std::ptrdiff_t>(offset + i * stride));
    }
  }
}

PackedCentroids::View PackedCentroids::view() const {
  return {.count = count_,
          .half_norms = half_norms_.data(),
          .coordinates = coordinates_.data(),
          .tables = tables_.data(),
          .table_offsets = table_offsets_.data(),
          .table_strides = table_strides_.data(),
          .levels = levels_.data()};
}

}  // namespace tessera::cluster
