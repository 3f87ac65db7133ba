#include "tessera/cluster/centroids.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::cluster {

using features::CategoryTables;

PackedCentroids::PackedCentroids(const Centroids& centroids, const CategoryTables& categories)
    : space_(centroids.space), categories_(categories), count_(centroids.count) {
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
  entries_.resize(count_ * categories_.entries(), 0.0F);
  for (const CategoryTables::Table& table : categories_.tables()) {
    for (std::size_t i = 0; i < count_; ++i) {
      fill(table, centroids.row(i), entries_.data() + count_ * table.offset + i * table.stride);
    }
  }
}

void PackedCentroids::fill(const CategoryTables::Table& table, std::span<const float> centroid,
                           float* entries) const {
  std::vector<double> sums(table.entries, 0.0);
  for (const CategoryTables::Digit& digit : categories_.digits(table)) {
    const float* const coordinates = centroid.data() + space_.first_dimension(digit.category);
    const std::span<const std::uint16_t> codes = categories_.codes(digit.category);
    const double value = space_.level_value(digit.category);
    for (std::size_t position = 0; position < sums.size(); ++position) {
      const std::uint16_t code = codes[position];
      sums[position] += code == features::kNoLevel ? 0 : value * double{coordinates[code]};
    }
  }
  std::ranges::transform(sums, entries, [](double sum) { return static_cast<float>(sum); });
}

PackedCentroids::View PackedCentroids::view() const {
  return {.count = count_,
          .half_norms = half_norms_.data(),
          .coordinates = coordinates_.data(),
          .entries = entries_.data()};
}

}  // namespace tessera::cluster
