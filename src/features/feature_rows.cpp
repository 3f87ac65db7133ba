#include "tessera/features/feature_rows.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace tessera::features {

std::size_t Space::dimensions() const {
  return std::accumulate(levels.begin(), levels.end(), numeric);
}

std::size_t Space::first_dimension(std::size_t c) const {
  return std::accumulate(levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(c), numeric);
}

std::size_t Space::code_bytes() const {
  constexpr std::size_t kMostInAByte = 0xFF;  // with kNoLevel
  return std::ranges::all_of(levels, [](std::size_t count) { return count <= kMostInAByte; }) ? 1
                                                                                              : 2;
}

FeatureRows::FeatureRows(Space space, std::uint64_t rows, std::uint64_t first_row)
    : space_(std::move(space)),
      rows_(rows),
      first_row_(first_row),
      code_bytes_(space_.code_bytes()) {
  numeric_.resize(blocks() * kBlock * space_.numeric, 0.0F);
  codes_.resize(blocks() * block_code_bytes(), std::uint8_t{0});
}

void FeatureRows::reshape(std::span<const std::size_t> kept, std::vector<std::size_t> levels) {
  const std::size_t before = space_.numeric;
  if (kept.size() < before) {
    // In place and forwards: no feature moves up.
    for (std::size_t b = 0; b < blocks(); ++b) {
      for (std::size_t j = 0; j < kept.size(); ++j) {
        std::copy_n(numeric_.data() + (b * before + kept[j]) * kBlock, kBlock,
                    numeric_.data() + (b * kept.size() + j) * kBlock);
      }
    }
    numeric_.resize(blocks() * kBlock * kept.size());
  }
  space_ = {.numeric = kept.size(), .levels = std::move(levels)};
  code_bytes_ = space_.code_bytes();
  codes_.resize(blocks() * block_code_bytes(), std::uint8_t{0});
}

void FeatureRows::copy_row(const FeatureRows& from, std::uint64_t from_row, std::uint64_t to_row) {
  const float* from_numbers = from.numeric_block(from_row / kBlock) + from_row % kBlock;
  float* to_numbers = numeric_block(to_row / kBlock) + to_row % kBlock;
  for (std::size_t j = 0; j < space_.numeric; ++j) {
    to_numbers[j * kBlock] = from_numbers[j * kBlock];
  }
  for (std::size_t c = 0; c < space_.categories(); ++c) {
    set_code(to_row, c, from.code(from_row, c));
  }
}

void FeatureRows::reorder(std::span<const std::size_t> blocks,
                          std::span<const std::uint16_t> order) {
  for (std::size_t j = 0; j < space_.numeric; ++j) {
    features::reorder(numeric_.data() + j * kBlock, space_.numeric * kBlock, blocks, order);
  }
  for (std::size_t n = 0; n < space_.categories() * code_bytes_; ++n) {
    features::reorder(codes_.data() + n * kBlock, block_code_bytes(), blocks, order);
  }
}

void FeatureRows::expand(std::uint64_t row, std::span<float> out) const {
  std::ranges::fill(out, 0.0F);
  for (std::size_t j = 0; j < space_.numeric; ++j) {
    out[j] = number(row, j);
  }
  std::size_t first = space_.numeric;
  for (std::size_t c = 0; c < space_.categories(); ++c) {
    const std::uint16_t level = code(row, c);
    if (level != kNoLevel) {
      out[first + level] = 1.0F;
    }
    first += space_.levels[c];
  }
}

}  // namespace tessera::features
