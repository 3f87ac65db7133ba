#include "row_batch.hpp"

#include <algorithm>
#include <bit>

namespace tessera::cluster {

RowBatch::RowBatch(const features::Space& space)
    : numeric_count_(space.numeric),
      category_count_(space.categories()),
      code_bytes_(space.code_bytes()),
      numbers_(numeric_count_ * kStride, 0.0F),
      codes_(category_count_ * code_bytes_ * kStride, std::uint8_t{0}) {}

void RowBatch::append(const BlockRows& rows, std::uint64_t chosen) {
  kernels().sift(rows, chosen, numbers_.data() + size_, codes_.data() + size_, kStride);
  size_ += static_cast<std::size_t>(std::popcount(chosen));
}

BlockRows RowBatch::first() const {
  return {.numeric = numbers_.data(),
          .codes = codes_.data(),
          .stride = kStride,
          .numeric_count = numeric_count_,
          .category_count = category_count_,
          .code_bytes = code_bytes_,
          .ahead = numbers_.data(),
          .codes_ahead = codes_.data()};
}

void RowBatch::remove_first() {
  const std::size_t left = size_ - std::min(size_, kRows);
  for (std::size_t j = 0; j < numeric_count_; ++j) {
    std::copy_n(numbers_.data() + j * kStride + kRows, left, numbers_.data() + j * kStride);
  }
  for (std::size_t n = 0; n < category_count_ * code_bytes_; ++n) {
    std::copy_n(codes_.data() + n * kStride + kRows, left, codes_.data() + n * kStride);
  }
  size_ = left;
}

}  // namespace tessera::cluster
