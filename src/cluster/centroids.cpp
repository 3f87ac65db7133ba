#include "tessera/cluster/centroids.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace tessera::cluster {

PackedCentroids::PackedCentroids(const Centroids& centroids, Unseen unseen)
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
  lay_out_tables(unseen);
  for (const Table& table : tables_) {
    for (std::size_t i = 0; i < count_; ++i) {
      fill(table, centroids.row(i), entries_.data() + table.offset + i * table.stride);
    }
  }
}

void PackedCentroids::lay_out_tables(Unseen unseen) {
  const std::size_t without_level = unseen == Unseen::kPossible ? 1 : 0;
  const auto width = [&](std::size_t c) { return space_.levels[c] + without_level; };
  std::vector<std::size_t> widest_first(space_.categories());
  std::iota(widest_first.begin(), widest_first.end(), std::size_t{0});
  std::ranges::stable_sort(widest_first, std::ranges::greater(), width);
  struct Group {
    std::size_t entries = 1;
    std::vector<Digit> digits;
  };
  std::vector<Group> groups;
  for (const std::size_t c : widest_first) {
    auto group = std::ranges::find_if(
        groups, [&](const Group& some) { return some.entries * width(c) <= kSharedEntries; });
    if (group == groups.end()) {
      group = groups.insert(groups.end(), Group());
    }
    group->digits.push_back({.category = c,
                             .last = static_cast<std::uint16_t>(width(c) - 1),
                             .factor = static_cast<std::uint16_t>(group->entries)});
    group->entries *= width(c);
  }
  for (const Group& group : groups) {
    tables_.push_back(
        {.first_digit = digits_.size(),
         .last_digit = digits_.size() + group.digits.size(),
         .offset = entries_.size(),
         .stride = (group.entries + kTableEntries - 1) / kTableEntries * kTableEntries});
    digits_.insert(digits_.end(), group.digits.begin(), group.digits.end());
    entries_.resize(entries_.size() + count_ * tables_.back().stride, 0.0F);
  }
}

void PackedCentroids::fill(const Table& table, std::span<const float> centroid,
                           float* entries) const {
  std::vector<double> sums = {0};
  for (std::size_t d = table.first_digit; d < table.last_digit; ++d) {
    const Digit& digit = digits_[d];
    const std::size_t levels = space_.levels[digit.category];
    const std::span<const float> coordinates =
        centroid.subspan(space_.first_dimension(digit.category), levels);
    for (std::size_t code = 1; code <= digit.last; ++code) {
      const double coordinate = code < levels ? double{coordinates[code]} : 0;
      for (std::size_t i = 0; i < digit.factor; ++i) {
        sums.push_back(sums[i] + coordinate);
      }
    }
    for (std::size_t i = 0; i < digit.factor; ++i) {
      sums[i] += double{coordinates[0]};
    }
  }
  std::ranges::transform(sums, entries, [](double sum) { return static_cast<float>(sum); });
}

PackedCentroids::View PackedCentroids::view() const {
  return {.count = count_,
          .half_norms = half_norms_.data(),
          .coordinates = coordinates_.data(),
          .entries = entries_.data(),
          .tables = tables_.data(),
          .table_count = tables_.size(),
          .digits = digits_.data()};
}

}  // namespace tessera::cluster
