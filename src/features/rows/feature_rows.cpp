#include "tessera/features/rows/feature_rows.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <utility>

namespace tessera::features {

FeatureRows::FeatureRows(Space space, std::uint64_t rows, std::uint64_t first_row, Unseen unseen)
    : space_(std::move(space)),
      categories_(space_, unseen),
      rows_(rows),
      first_row_(first_row),
      numeric_(blocks() * kBlock * space_.numeric, 0.0F),
      positions_(blocks() * kBlock * categories_.row_bytes(), std::uint8_t{0}) {}

std::size_t training_row_bytes(const Space& space) {
  return FeatureRows(space, 0, 0, Unseen::kAbsent).row_bytes();
}

void FeatureRows::set_codes(std::uint64_t row, std::size_t c,
                            std::span<const std::uint16_t> codes) {
  // copies that no store can change
  const CategoryTables::Digit digit = categories_.digit_of(c);
  const std::uint16_t* const codes_before = categories_.codes(c).data();
  const std::size_t bytes = categories_.position_bytes();
  const std::size_t block_bytes = categories_.row_bytes() * kBlock;
  std::uint8_t* const plane = positions_.data() + categories_.table_of(c) * bytes * kBlock;
  for (const std::uint16_t code : codes) {
    std::uint8_t* const low = plane + row / kBlock * block_bytes + row % kBlock;
    const std::size_t before = read_position(low, kBlock, bytes);
    const std::size_t after =
        before + (digit.value(code) - digit.value(codes_before[before])) * digit.factor;
    low[0] = static_cast<std::uint8_t>(after);
    if (bytes > 1) {
      low[kBlock] = static_cast<std::uint8_t>(after >> 8U);
    }
    ++row;
  }
  if (categories_.unseen() == Unseen::kAbsent &&
      std::ranges::find(codes, kNoLevel) != codes.end()) {
    throw std::logic_error("a row without a level where none was expected");
  }
}

void FeatureRows::set_keys(std::vector<std::uint64_t> keys) {
  if (!keys.empty() && keys.size() != rows_) {
    throw std::logic_error("not one key per row");
  }
  keys_ = std::move(keys);
}

void FeatureRows::set_masses(std::vector<numeric::Mass> masses, int exponent) {
  if (masses.size() != rows_) {
    throw std::logic_error("not one mass per row");
  }
  masses.resize(blocks() * kBlock);
  weighted_ = true;
  masses_ = std::move(masses);
  mass_exponent_ = exponent;
}

std::vector<double> FeatureRows::drawn_masses() const {
  return has_drawn_masses_ ? drawn_masses_ : std::vector<double>(masses().begin(), masses().end());
}

void FeatureRows::set_drawn_masses(std::vector<double> masses) {
  if (masses.size() != rows_) {
    throw std::logic_error("not one mass per row");
  }
  has_drawn_masses_ = true;
  drawn_masses_ = std::move(masses);
}

std::uint64_t FeatureRows::content_hash(std::uint64_t row) const {
  std::uint64_t hash = 0;
  for (std::size_t j = 0; j < space_.numeric; ++j) {
    hash = numeric::mix(hash + std::bit_cast<std::uint32_t>(number(row, j) + 0.0F) + 1);  // no -0
  }
  for (std::size_t c = 0; c < space_.categories(); ++c) {
    hash = numeric::mix(hash + code(row, c) + 1);
  }
  return hash;
}

void FeatureRows::reshape(std::span<const std::size_t> kept, Space space, Unseen unseen) {
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
  space_ = std::move(space);
  categories_ = CategoryTables(space_, unseen);
  positions_.resize(blocks() * kBlock * categories_.row_bytes(), std::uint8_t{0});
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
  if (!keys_.empty()) {
    keys_[to_row] = from.key(from_row);
  }
}

void FeatureRows::reorder(std::span<const std::size_t> blocks,
                          std::span<const std::uint16_t> order) {
  for (std::size_t j = 0; j < space_.numeric; ++j) {
    features::reorder(numeric_.data() + j * kBlock, space_.numeric * kBlock, blocks, order);
  }
  const std::size_t bytes = categories_.row_bytes();
  for (std::size_t n = 0; n < bytes; ++n) {
    features::reorder(positions_.data() + n * kBlock, bytes * kBlock, blocks, order);
  }
  if (weighted()) {
    features::reorder(masses_.data(), kBlock, blocks, order);
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
      out[first + level] = static_cast<float>(space_.level_value(c));
    }
    first += space_.levels[c];
  }
}

}  // namespace tessera::features
