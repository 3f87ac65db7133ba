// Sorting the rows of a shard by when they may have to be looked at again.
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "cluster/kmeans/shard_assignment.hpp"

namespace tessera::cluster {
namespace {

static_assert(RowOrder::kPiece <= 64, "the blocks of a piece that were touched are bits");

constexpr std::size_t kBuckets = 256;

/// Which of the buckets a row belongs to that may be passed over for so many updates: 32 of them
/// for every doubling of 1 + `updates`.
std::size_t bucket(float updates) {
  constexpr std::uint32_t kShift = 18;
  const float at = std::min(1 + std::max(updates, 0.0F), 255.0F);
  return (std::bit_cast<std::uint32_t>(at) >> kShift) -
         (std::bit_cast<std::uint32_t>(1.0F) >> kShift);
}

}  // namespace

void ShardAssignment::sort_piece(std::size_t first, std::uint64_t touched, RowOrder& order) {
  while (doubtful_.size() > 0) {
    measure_batch();  // knows rows by where they are
  }
  std::array<std::size_t, RowOrder::kPiece> block_buffer;
  std::size_t count = 0;
  for (std::uint64_t left = touched; left != 0; left &= left - 1) {
    const std::size_t b = first + static_cast<std::size_t>(std::countr_zero(left));
    if (rows_.is_whole(b)) {
      block_buffer[count++] = b;
    }
  }
  if (count < 2) {
    return;
  }
  const std::span<const std::size_t> blocks(block_buffer.data(), count);
  std::array<std::uint16_t, RowOrder::kPieceRows> sorted;
  sort_rows(blocks, sorted);
  const std::span<const std::uint16_t> rows(sorted.data(), count * kBlock);
  order.reorder(blocks, rows);
  features::reorder(labels_.data(), kBlock, blocks, rows);
  features::reorder(until_.data(), kBlock, blocks, rows);

  for (const std::size_t b : blocks) {
    float least = 0;
    (void)kernels().doubtful(labels_.data() + b * kBlock, until_.data() + b * kBlock,
                             {drifts_f_.data(), segments_}, 0, least);
    block_until_[b] = double{least} + block_drift_;
    block_radii_[b] = std::sqrt(kernels().largest_norm(block_rows(rows_, b)));
  }
  work_.sorted += count * kBlock;
}

void ShardAssignment::sort_rows(std::span<const std::size_t> blocks,
                                std::span<std::uint16_t> sorted) const {
  std::array<std::uint8_t, RowOrder::kPieceRows> buckets;
  std::array<std::uint16_t, kBuckets> next{};
  std::size_t row = 0;
  for (const std::size_t b : blocks) {
    const Label* labels = labels_.data() + b * kBlock;
    const float* until = until_.data() + b * kBlock;
    for (std::size_t i = 0; i < kBlock; ++i, ++row) {
      const float left = until[i] - drifts_f_[labels[i]];
      buckets[row] = static_cast<std::uint8_t>(bucket(left * updates_per_drift_[labels[i]]));
      ++next[buckets[row]];
    }
  }
  std::uint16_t before = 0;
  for (std::uint16_t& place : next) {
    before = static_cast<std::uint16_t>(before + std::exchange(place, before));
  }
  for (std::size_t i = 0; i < row; ++i) {
    sorted[next[buckets[i]]++] = static_cast<std::uint16_t>(i);
  }
}

}  // namespace tessera::cluster
