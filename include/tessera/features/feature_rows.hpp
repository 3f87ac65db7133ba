/// \file
/// A rank's shard of prepared rows, laid out for the distance kernels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/numeric/aligned.hpp"

namespace tessera::features {

/// The feature space: `numeric` real dimensions followed by one block of one-hot dimensions per
/// category. One-hot in meaning only: a category is stored as one code per row.
struct Space {
  std::size_t numeric = 0;
  std::vector<std::size_t> levels;  ///< levels of each category

  [[nodiscard]] std::size_t categories() const { return levels.size(); }
  /// numeric + sum of levels: the width of a centroid.
  [[nodiscard]] std::size_t dimensions() const;
  /// Bytes of a code: 1 where no category has more than 255 levels, else 2.
  [[nodiscard]] std::size_t code_bytes() const;
  /// Bytes of a prepared row: its numbers and codes.
  [[nodiscard]] std::size_t row_bytes() const {
    return numeric * sizeof(float) + categories() * code_bytes();
  }
  /// First dimension of category `c`.
  [[nodiscard]] std::size_t first_dimension(std::size_t c) const;
  bool operator==(const Space&) const = default;
};

/// Code of a row that has none of a category's levels (an unseen level at scoring time when the
/// recipe says so): a one-hot block of zeros.
inline constexpr std::uint16_t kNoLevel = 0xFFFF;

/// The code whose low byte is at `low`, and whose high byte, if it has one, is `stride` bytes on.
/// kNoLevel has all bits set at either width.
[[nodiscard]] inline std::uint16_t read_code(const std::uint8_t* low, std::size_t stride,
                                             std::size_t code_bytes) {
  if (code_bytes == 1) {
    return *low == 0xFF ? kNoLevel : *low;
  }
  return static_cast<std::uint16_t>(*low | low[stride] << 8U);
}

/// Rows in blocks of kBlock. Within a block each feature is contiguous across the rows, so that a
/// vector register holds one feature of several rows: numeric feature j of the block's row i is at
/// numeric_block(b)[j * kBlock + i]; byte p of the code of category c, the low one first, at
/// code_block(b)[(c * code_bytes + p) * kBlock + i]. The last block is filled up with zeros.
class FeatureRows {
 public:
  static constexpr std::size_t kBlock = 64;
  static constexpr std::size_t kMostReordered = 64;  ///< blocks at once

  /// `first_row` is the number of the shard's first row in the whole table.
  FeatureRows(Space space, std::uint64_t rows, std::uint64_t first_row);

  [[nodiscard]] const Space& space() const { return space_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t first_row() const { return first_row_; }
  /// Whether row `row` of the table is one of the shard's.
  [[nodiscard]] bool contains(std::uint64_t row) const {
    return row >= first_row_ && row - first_row_ < rows_;
  }
  [[nodiscard]] std::size_t blocks() const { return (rows_ + kBlock - 1) / kBlock; }
  /// Rows of block `b` that are rows of the table: kBlock for all but the last.
  [[nodiscard]] std::size_t rows_in_block(std::size_t b) const {
    return b + 1 < blocks() ? kBlock : rows_ - b * kBlock;
  }

  [[nodiscard]] bool is_whole(std::size_t b) const { return b < rows_ / kBlock; }

  [[nodiscard]] const float* numeric_block(std::size_t b) const {
    return numeric_.data() + b * kBlock * space_.numeric;
  }
  [[nodiscard]] float* numeric_block(std::size_t b) {
    return numeric_.data() + b * kBlock * space_.numeric;
  }
  [[nodiscard]] std::size_t code_bytes() const { return code_bytes_; }
  [[nodiscard]] const std::uint8_t* code_block(std::size_t b) const {
    return codes_.data() + b * block_code_bytes();
  }
  /// Bytes of a block's codes.
  [[nodiscard]] std::size_t block_code_bytes() const {
    return kBlock * space_.categories() * code_bytes_;
  }

  /// One value, by local row number.
  [[nodiscard]] float number(std::uint64_t row, std::size_t j) const {
    return numeric_block(row / kBlock)[j * kBlock + row % kBlock];
  }
  [[nodiscard]] std::uint16_t code(std::uint64_t row, std::size_t c) const {
    return read_code(code_block(row / kBlock) + c * code_bytes_ * kBlock + row % kBlock, kBlock,
                     code_bytes_);
  }
  void set_number(std::uint64_t row, std::size_t j, float value) {
    numeric_block(row / kBlock)[j * kBlock + row % kBlock] = value;
  }
  void set_code(std::uint64_t row, std::size_t c, std::uint16_t value) {
    std::uint8_t* const low =
        codes_.data() + row / kBlock * block_code_bytes() + c * code_bytes_ * kBlock + row % kBlock;
    low[0] = static_cast<std::uint8_t>(value);
    if (code_bytes_ > 1) {
      low[kBlock] = static_cast<std::uint8_t>(value >> 8U);
    }
  }

  /// Keeps only the numeric features `kept` (ascending), and makes room for the codes, at first 0,
  /// of categories with so many `levels`, of which there were none.
  void reshape(std::span<const std::size_t> kept, std::vector<std::size_t> levels);

  /// Copies row `from_row` of `from`, which is in the same space.
  void copy_row(const FeatureRows& from, std::uint64_t from_row, std::uint64_t to_row);

  /// Brings the rows of up to kMostReordered whole blocks into another order: the i-th row of
  /// `blocks`, counted through all of them, becomes what their row `order[i]` was.
  void reorder(std::span<const std::size_t> blocks, std::span<const std::uint16_t> order);

  /// The row written out densely, one-hot blocks as zeros and ones; `out` holds dimensions()
  /// values.
  void expand(std::uint64_t row, std::span<float> out) const;

 private:
  Space space_;
  std::uint64_t rows_;
  std::uint64_t first_row_;
  numeric::AlignedVector<float> numeric_;
  std::size_t code_bytes_;
  numeric::AlignedVector<std::uint8_t> codes_;
};

/// As FeatureRows::reorder, for one value per row: that of row i of block b is at
/// values[b * stride + i].
template <typename Value>
void reorder(Value* values, std::size_t stride, std::span<const std::size_t> blocks,
             std::span<const std::uint16_t> order) {
  constexpr std::size_t kBlock = FeatureRows::kBlock;
  Value before[FeatureRows::kMostReordered * kBlock];
  for (std::size_t n = 0; n < blocks.size(); ++n) {
    std::copy_n(values + blocks[n] * stride, kBlock, before + n * kBlock);
  }
  for (std::size_t n = 0; n < blocks.size(); ++n) {
    Value* after = values + blocks[n] * stride;
    for (std::size_t ahead = 0; ahead < kBlock; ahead += numeric::kAlignment / sizeof(Value)) {
      __builtin_prefetch(after + kBlock + ahead, 1);  // likely to be the next to be reordered
    }
    for (std::size_t i = 0; i < kBlock; ++i) {
      after[i] = before[order[n * kBlock + i]];
    }
  }
}

}  // namespace tessera::features
