/// \file
/// Cells of some rows, column by column. Private to src/table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tessera::table {

/// A cell's bytes can be read as a whole word: kCellSlack bytes from its start are readable,
/// however short it is, unless it is empty.
class CellBatch {
 public:
  /// Few enough that the views of all columns stay in a core's cache.
  static constexpr std::size_t kCapacity = 256;

  explicit CellBatch(std::size_t columns) : cells_(columns * kStride), lines_(kCapacity) {}

  [[nodiscard]] std::size_t columns() const { return cells_.size() / kStride; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool full() const { return size_ == kCapacity; }
  [[nodiscard]] std::span<const std::string_view> column(std::size_t c) const {
    return std::span(cells_).subspan(c * kStride, size_);
  }
  [[nodiscard]] std::span<std::string_view> column(std::size_t c) {
    return std::span(cells_).subspan(c * kStride, size_);
  }
  /// The line in which each row begins.
  [[nodiscard]] std::span<const std::uint64_t> lines() const {
    return std::span(lines_).first(size_);
  }

  void clear() { size_ = 0; }
  /// The cells of the row behind the last, kStride apart, to be filled in before it is added.
  [[nodiscard]] std::string_view* next_row() { return cells_.data() + size_; }
  void add_row(std::uint64_t line) { lines_[size_++] = line; }

  /// One more column, empty in all rows.
  void add_column() { cells_.resize(cells_.size() + kStride); }

  /// More than the capacity: columns a power of two apart would share the same few cache lines.
  static constexpr std::size_t kStride = kCapacity + 4;

 private:
  std::vector<std::string_view> cells_;
  std::vector<std::uint64_t> lines_;
  std::size_t size_ = 0;
};

}  // namespace tessera::table
