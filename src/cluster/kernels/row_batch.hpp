// Rows of different blocks, brought together to be worked on at once.
#pragma once

#include <cstdint>
#include <span>

#include "cluster/kernels/kernels.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::cluster {

/// Up to a block of rows, and room for what else the last block brings.
class RowBatch {
 public:
  static constexpr std::size_t kRows = BlockRows::kRows;
  static constexpr std::size_t kCapacity = 2 * kRows;

  /// For rows stored like `rows`, which has to outlive it.
  explicit RowBatch(const features::FeatureRows& rows);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool full() const { return size_ >= kRows; }
  /// Appends the chosen rows of a block; not to a full batch.
  void append(const BlockRows& rows, std::uint64_t chosen);
  /// The first rows, min(size(), kRows) of them.
  [[nodiscard]] BlockRows first() const;
  /// Takes them out.
  void remove_first();

 private:
  static constexpr std::size_t kStride = kCapacity + 16;  // the kernels write past the last row

  std::size_t numeric_count_;
  float categories_norm_;
  std::span<const features::CategoryTables::Table> tables_;
  std::size_t position_bytes_;
  std::size_t size_ = 0;
  simd::AlignedVector<float> numbers_;
  simd::AlignedVector<std::uint8_t> positions_;
};

}  // namespace tessera::cluster
