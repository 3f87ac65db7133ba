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

FeatureRows::FeatureRows(Space space, std::uint64_t rows, std::uint64_t first_row)
    : space_(std::move(space)), rows_(rows), first_row_(first_row) {
  numeric_.resize(blocks() * kBlock * space_.numeric);
  codes_.resize(blocks() * kBlock * space_.categories());
}

void FeatureRows::copy_row(const FeatureRows& from, std::uint64_t from_row, std::uint64_t to_row) {
  for (std::size_t j = 0; j < space_.numeric; ++j) {
    set_number(to_row, j, from.number(from_row, j));
  }
  for (std::size_t c = 0; c < space_.categories(); ++c) {
    set_code(to_row, c, from.code(from_row, c));
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
