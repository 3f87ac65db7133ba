#include "cluster/kernels/row_batch.hpp"

#include <algorithm>
#include <bit>

namespace tessera::cluster {

RowBatch::RowBatch(const features::FeatureRows& rows)
    : numeric_count_(rows.space().numeric),
      categories_norm_(static_cast<float>(rows.categories().norm())),
      tables_(rows.categories().tables()),
      position_bytes_(rows.categories().position_bytes()),
      numbers_(numeric_count_ * kStride, 0.0F),
      positions_(tables_.size() * position_bytes_ * kStride, std::uint8_t{0}) {}

void RowBatch::append(const BlockRows& rows, std::uint64_t chosen) {
  kernels().sift(rows, chosen, numbers_.data() + size_, positions_.data() + size_, kStride);
  size_ += static_cast<std::size_t>(std::popcount(chosen));
}

BlockRows RowBatch::first() const {
  return {.numeric = numbers_.data(),
          .positions = positions_.data(),
          .stride = kStride,
          .numeric_count = numeric_count_,
          .categories_norm = categories_norm_,
          .tables = tables_.data(),
          .table_count = tables_.size(),
          .position_bytes = position_bytes_,
          .ahead = numbers_.data(),
          .positions_ahead = positions_.data()};
}

void RowBatch::remove_first() {
  const std::size_t left = size_ - std::min(size_, kRows);
  for (std::size_t j = 0; j < numeric_count_; ++j) {
    std::copy_n(numbers_.data() + j * kStride + kRows, left, numbers_.data() + j * kStride);
  }
  for (std::size_t n = 0; n < tables_.size() * position_bytes_; ++n) {
    std::copy_n(positions_.data() + n * kStride + kRows, left, positions_.data() + n * kStride);
  }
  size_ = left;
}

}  // namespace tessera::cluster
