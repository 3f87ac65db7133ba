#include "cluster/kmeans/row_order.hpp"

#include <algorithm>
#include <array>

namespace tessera::cluster {

using features::FeatureRows;

std::uint64_t RowOrder::original(std::uint64_t position) const {
  return origins_.empty() ? position : position / kPieceRows * kPieceRows + origins_[position];
}

std::uint64_t RowOrder::position(std::uint64_t original) const {
  if (origins_.empty()) {
    return original;
  }
  const auto piece =
      origins_.begin() + static_cast<std::ptrdiff_t>(original / kPieceRows * kPieceRows);
  const auto origin = static_cast<std::uint16_t>(original % kPieceRows);
  return static_cast<std::uint64_t>(std::find(piece, origins_.end(), origin) - origins_.begin());
}

void RowOrder::reorder(std::span<const std::size_t> blocks, std::span<const std::uint16_t> order) {
  if (origins_.empty()) {
    origins_.resize(rows_.rows());
    for (std::size_t row = 0; row < origins_.size(); ++row) {
      origins_[row] = static_cast<std::uint16_t>(row % kPieceRows);
    }
  }
  rows_.reorder(blocks, order);
  features::reorder(origins_.data(), FeatureRows::kBlock, blocks, order);
}

void RowOrder::restore() {
  if (origins_.empty()) {
    return;
  }
  for (std::size_t b = 0; b < rows_.blocks(); b += kPiece) {
    restore_piece(b);
  }
  origins_.clear();
}

void RowOrder::restore_piece(std::size_t first_block) {
  std::array<std::size_t, kPiece> blocks;
  std::array<std::uint16_t, kPieceRows> order;
  std::size_t count = 0;
  bool same = true;
  for (std::size_t b = first_block; b < first_block + kPiece && rows_.is_whole(b); ++b) {
    blocks[count++] = b;
    for (std::size_t i = 0; i < FeatureRows::kBlock; ++i) {
      const auto at = static_cast<std::uint16_t>((b - first_block) * FeatureRows::kBlock + i);
      const std::uint16_t origin = origins_[b * FeatureRows::kBlock + i];
      order[origin] = at;
      same = same && origin == at;
    }
  }
  if (!same) {
    rows_.reorder(std::span(blocks).first(count),
                  std::span(order).first(count * FeatureRows::kBlock));
  }
}

}  // namespace tessera::cluster
