// Rows of different blocks that have to be measured, until there are enough of them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "cluster/kernels/row_batch.hpp"

namespace tessera::cluster {

/// A RowBatch whose rows are known by where they are from.
class DoubtfulRows {
 public:
  static constexpr std::size_t kBlock = RowBatch::kRows;

  /// For rows stored like `rows`, which has to outlive it.
  explicit DoubtfulRows(const features::FeatureRows& rows) : batch_(rows) {}

  [[nodiscard]] bool empty() const { return batch_.size() == 0; }
  [[nodiscard]] bool full() const { return batch_.full(); }
  /// Appends the chosen rows of block `b`, whose norms are up to `radius`; not if full().
  void append(const BlockRows& rows, std::size_t b, std::uint64_t chosen, float radius) {
    std::uint64_t* origin = origins_.data() + batch_.size();
    for (std::uint64_t left = chosen; left != 0; left &= left - 1) {
      *origin++ = b * kBlock + static_cast<std::size_t>(std::countr_zero(left));
    }
    batch_.append(rows, chosen);
    radius_ = std::max(radius_, radius);
  }

  /// The first rows, up to a block of them: how many, what they hold, and where row i of them is
  /// from.
  [[nodiscard]] std::size_t count() const { return std::min(batch_.size(), kBlock); }
  [[nodiscard]] BlockRows rows() const { return batch_.first(); }
  [[nodiscard]] std::uint64_t origin(std::size_t i) const { return origins_[i]; }
  /// A bound of the norms of all rows.
  [[nodiscard]] float radius() const { return radius_; }
  /// Takes the first rows out.
  void remove_first() {
    std::copy(origins_.begin() + kBlock, origins_.end(), origins_.begin());
    batch_.remove_first();
    if (empty()) {
      radius_ = 0;
    }
  }

 private:
  RowBatch batch_;
  std::array<std::uint64_t, RowBatch::kCapacity> origins_{};
  float radius_ = 0;
};

}  // namespace tessera::cluster
