/// \file
/// A rank's shard of prepared rows, laid out for the distance kernels.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/features/rows/category_tables.hpp"
#include "tessera/features/rows/space.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/random.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::features {

/// The position whose low byte is at `low`, and whose high byte, if it has one, is `stride` bytes
/// on.
[[nodiscard]] inline std::size_t read_position(const std::uint8_t* low, std::size_t stride,
                                               std::size_t bytes) {
  return bytes == 1 ? std::size_t{*low} : *low | std::size_t{low[stride]} << 8U;
}

/// The key of a row that is known by nothing but its number in the whole table.
[[nodiscard]] __attribute__((always_inline)) constexpr std::uint64_t key_of_number(
    std::uint64_t row) {
  return numeric::mix(row + 1);
}

/// Rows in blocks of kBlock. Within a block each feature is contiguous across the rows, so that a
/// vector register holds one feature of several rows: numeric feature j of the block's row i is at
/// numeric_block(b)[j * kBlock + i]; byte p of its position in table t of the categories, the low
/// one first, at position_block(b)[(t * position_bytes + p) * kBlock + i]. The last block is filled
/// up with zeros.
class FeatureRows {
 public:
  static constexpr std::size_t kBlock = 64;
  static constexpr std::size_t kMostReordered = 64;  ///< blocks at once

  /// `first_row` is the number of the shard's first row in the whole table.
  FeatureRows(Space space, std::uint64_t rows, std::uint64_t first_row,
              Unseen unseen = Unseen::kPossible);

  [[nodiscard]] const Space& space() const { return space_; }
  [[nodiscard]] const CategoryTables& categories() const { return categories_; }
  /// Bytes of a row: its numbers and positions.
  [[nodiscard]] std::size_t row_bytes() const {
    return space_.numeric * sizeof(float) + categories_.row_bytes();
  }
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
  [[nodiscard]] const std::uint8_t* position_block(std::size_t b) const {
    return positions_.data() + b * kBlock * categories_.row_bytes();
  }

  /// One value, by local row number.
  [[nodiscard]] float number(std::uint64_t row, std::size_t j) const {
    return numeric_block(row / kBlock)[j * kBlock + row % kBlock];
  }
  [[nodiscard]] std::size_t position(std::uint64_t row, std::size_t table) const {
    const std::size_t bytes = categories_.position_bytes();
    return read_position(position_block(row / kBlock) + table * bytes * kBlock + row % kBlock,
                         kBlock, bytes);
  }
  [[nodiscard]] std::uint16_t code(std::uint64_t row, std::size_t c) const {
    return categories_.codes(c)[position(row, categories_.table_of(c))];
  }
  void set_number(std::uint64_t row, std::size_t j, float value) {
    numeric_block(row / kBlock)[j * kBlock + row % kBlock] = value;
  }
  void set_code(std::uint64_t row, std::size_t c, std::uint16_t code) {
    set_codes(row, c, {&code, 1});
  }
  /// Those of rows from `row` on. Throws std::logic_error at a kNoLevel that rows cannot have.
  void set_codes(std::uint64_t row, std::size_t c, std::span<const std::uint16_t> codes);

  /// What random choices and ties go by: rows of the table are told apart by it, whatever their
  /// order. A function of the row's number in the table, unless set_keys() has given others. `row`
  /// is a local number in the order that the rows had at first: reorder() leaves the keys alone.
  [[nodiscard]] std::uint64_t key(std::uint64_t row) const {
    return keys_.empty() ? key_of_number(first_row_ + row) : keys_[row];
  }
  /// One well mixed key per row (see id_keys.hpp); none: go by the numbers again.
  void set_keys(std::vector<std::uint64_t> keys);
  /// Those that set_keys() has given.
  [[nodiscard]] std::span<const std::uint64_t> stored_keys() const { return keys_; }
  /// A hash of the row's values: equal rows have equal hashes.
  [[nodiscard]] std::uint64_t content_hash(std::uint64_t row) const;

  /// Whether rows have masses of their own (set_masses()); else each counts once.
  [[nodiscard]] bool weighted() const { return weighted_; }
  /// How often each row counts, in units of 2^mass_exponent() of a weight; empty: once each. They
  /// go with the rows when these are reordered.
  [[nodiscard]] std::span<const numeric::Mass> masses() const {
    return std::span(masses_).first(weighted_ ? rows_ : 0);
  }
  /// Likewise of rows [first, first + count).
  [[nodiscard]] std::span<const numeric::Mass> masses(std::uint64_t first,
                                                      std::uint64_t count) const {
    return weighted_ ? std::span(masses_).subspan(first, count) : std::span<const numeric::Mass>();
  }
  [[nodiscard]] int mass_exponent() const { return mass_exponent_; }
  /// Whether a row counts at all.
  [[nodiscard]] bool counts(std::uint64_t row) const { return !weighted_ || masses_[row] > 0; }
  /// One mass from 0 on per row.
  void set_masses(std::vector<numeric::Mass> masses, int exponent);

  /// What random choices go by, where that is not the same for all rows: their masses, or those of
  /// all rows of one key at the first of them and 0 at the others (set_drawn_masses()). Empty where
  /// all rows are alike. By the order that the rows had at first, as key().
  [[nodiscard]] std::vector<double> drawn_masses() const;
  /// Whether there are any.
  [[nodiscard]] bool draws_by_mass() const { return weighted_ || has_drawn_masses_; }
  /// One per row.
  void set_drawn_masses(std::vector<double> masses);
  /// Those that set_drawn_masses() has given.
  [[nodiscard]] std::span<const double> stored_drawn_masses() const { return drawn_masses_; }
  [[nodiscard]] bool has_drawn_masses() const { return has_drawn_masses_; }

  /// Keeps only the numeric features `kept` (ascending), which are those of `space`, and makes room
  /// for the codes, at first 0, of its categories, of which there were none.
  void reshape(std::span<const std::size_t> kept, Space space, Unseen unseen);

  /// Copies row `from_row` of `from`, which is in the same space; its key too, where keys were set,
  /// but not its mass.
  void copy_row(const FeatureRows& from, std::uint64_t from_row, std::uint64_t to_row);

  /// Brings the rows of up to kMostReordered whole blocks into another order: the i-th row of
  /// `blocks`, counted through all of them, becomes what their row `order[i]` was.
  void reorder(std::span<const std::size_t> blocks, std::span<const std::uint16_t> order);

  /// The row written out densely, one-hot blocks as zeros and the values of levels; `out` holds
  /// dimensions() values.
  void expand(std::uint64_t row, std::span<float> out) const;

 private:
  Space space_;
  CategoryTables categories_;
  std::uint64_t rows_;
  std::uint64_t first_row_;
  simd::AlignedVector<float> numeric_;
  simd::AlignedVector<std::uint8_t> positions_;
  std::vector<std::uint64_t> keys_;  // per row; empty: those of the numbers
  bool weighted_ = false;
  std::vector<numeric::Mass> masses_;  // in whole blocks
  int mass_exponent_ = 0;
  bool has_drawn_masses_ = false;
  std::vector<double> drawn_masses_;  // per row
};

/// Bytes of a row of a training table, see FeatureRows::row_bytes().
[[nodiscard]] std::size_t training_row_bytes(const Space& space);

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
    for (std::size_t ahead = 0; ahead < kBlock; ahead += simd::kAlignment / sizeof(Value)) {
      __builtin_prefetch(after + kBlock + ahead, 1);  // likely to be the next to be reordered
    }
    for (std::size_t i = 0; i < kBlock; ++i) {
      after[i] = before[order[n * kBlock + i]];
    }
  }
}

}  // namespace tessera::features
