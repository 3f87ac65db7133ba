/// \file
/// The order of a shard's rows while it differs from the table's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

/// Brings rows of a shard into another order within pieces of some blocks, and back. Rows past the
/// last whole block stay where they are.
class RowOrder {
 public:
  static constexpr std::size_t kPiece = features::FeatureRows::kMostReordered;  ///< blocks
  static constexpr std::size_t kPieceRows = kPiece * features::FeatureRows::kBlock;
  static constexpr std::size_t kBytesPerRow = sizeof(std::uint16_t);

  explicit RowOrder(features::FeatureRows& rows) : rows_(rows) {}
  ~RowOrder() { restore(); }
  RowOrder(const RowOrder&) = delete;
  RowOrder& operator=(const RowOrder&) = delete;

  [[nodiscard]] const features::FeatureRows& rows() const { return rows_; }
  /// Where the row that is at `position` was at first, and the other way round.
  [[nodiscard]] std::uint64_t original(std::uint64_t position) const;
  [[nodiscard]] std::uint64_t position(std::uint64_t original) const;

  /// As FeatureRows::reorder; the blocks are of one piece.
  void reorder(std::span<const std::size_t> blocks, std::span<const std::uint16_t> order);
  /// Brings all rows back to where they were at first.
  void restore();

 private:
  void restore_piece(std::size_t first_block);

  features::FeatureRows& rows_;
  std::vector<std::uint16_t> origins_;  // per row, within its piece; empty in the first order
};

}  // namespace tessera::cluster
