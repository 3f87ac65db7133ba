#include "tessera/cluster/centroids.hpp"

namespace tessera::cluster {

PackedCentroids::PackedCentroids(const Centroids& centroids)
    : space_(centroids.space), count_(centroids.count) {
  const std::size_t numeric = space_.numeric;
  const std::size_t tiles = (count_ + kTile - 1) / kTile;
  half_norms_.resize(tiles * kTile);
  coordinates_.resize(tiles * kTile * numeric);
  for (std::size_t i = 0; i < count_; ++i) {
    const std::span<const float> row = centroids.row(i);
    double norm = 0;
    for (const float value : row) {
      norm += static_cast<double>(value) * static_cast<double>(value);
    }
    half_norms_[i] = static_cast<float>(norm / 2);
    for (std::size_t j = 0; j < numeric; ++j) {
      coordinates_[((i / kTile) * numeric + j) * kTile + i % kTile] = row[j];
    }
  }
  for (std::size_t c = 0; c < space_.categories(); ++c) {
    const std::size_t levels = space_.levels[c];
    const std::size_t first = space_.first_dimension(c);
    table_offsets_.push_back(tables_.size());
    levels_.push_back(static_cast<std::uint16_t>(levels));
    for (std::size_t i = 0; i < count_; ++i) {
      const std::span<const float> entries = centroids.row(i).subspan(first, levels);
      tables_.insert(tables_.end(), entries.begin(), entries.end());
      tables_.push_back(0.0F);  // what a row without a level meets
    }
  }
}

PackedCentroids::View PackedCentroids::view() const {
  return {count_,
          space_.numeric,
          space_.categories(),
          half_norms_.data(),
          coordinates_.data(),
          tables_.data(),
          table_offsets_.data(),
          levels_.data()};
}

}  // namespace tessera::cluster
