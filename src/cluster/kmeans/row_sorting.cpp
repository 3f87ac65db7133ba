#include "cluster/kmeans/row_sorting.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "cluster/kmeans/row_order.hpp"

namespace tessera::cluster {
namespace {

constexpr std::size_t kBuckets = 256;

/// Buckets by for how many updates a row may be passed over: 32 of them for every doubling of
/// 1 + `updates`.
std::size_t bucket(float updates) {
  constexpr std::uint32_t kShift = 18;
  const float at = std::min(1 + std::max(updates, 0.0F), 255.0F);
  return (std::bit_cast<std::uint32_t>(at) >> kShift) -
         (std::bit_cast<std::uint32_t>(1.0F) >> kShift);
}

}  // namespace

void sort_rows(const RowBounds& bounds, const Label* labels, std::span<const std::size_t> blocks,
               std::span<std::uint16_t> sorted) {
  constexpr std::size_t kBlock = features::FeatureRows::kBlock;
  std::array<std::uint8_t, RowOrder::kPieceRows> buckets;
  std::array<std::uint16_t, kBuckets> next{};
  std::size_t count = 0;
  for (const std::size_t b : blocks) {
    for (std::size_t row = b * kBlock; row < (b + 1) * kBlock; ++row, ++count) {
      buckets[count] = static_cast<std::uint8_t>(bucket(bounds.updates_left(row, labels[row])));
      ++next[buckets[count]];
    }
  }
  std::uint16_t before = 0;
  for (std::uint16_t& place : next) {
    before = static_cast<std::uint16_t>(before + std::exchange(place, before));
  }
  for (std::size_t i = 0; i < count; ++i) {
    sorted[next[buckets[i]]++] = static_cast<std::uint16_t>(i);
  }
}

}  // namespace tessera::cluster
