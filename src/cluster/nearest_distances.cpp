#include "nearest_distances.hpp"

#include <algorithm>
#include <limits>

namespace tessera::cluster {

using features::CategoryTables;
using features::FeatureRows;

namespace {

constexpr std::size_t kShared = CategoryTables::kShared;

/// The squared distance that a table's categories add between its entries `a` and `b`.
float unequal(const CategoryTables& categories, const CategoryTables::Table& table, std::size_t a,
              std::size_t b) {
  float sum = 0;
  for (const CategoryTables::Digit& digit : categories.digits(table)) {
    const std::span<const std::uint16_t> codes = categories.codes(digit.category);
    sum += codes[a] == codes[b] ? 0.0F : 2.0F;
  }
  return sum;
}

}  // namespace

FlatPoints::FlatPoints(const FeatureRows& points)
    : count_(points.rows()),
      numeric_(points.space().numeric),
      tables_(points.categories().tables().size()),
      unequal_(points.categories().entries() * kShared) {
  const CategoryTables& categories = points.categories();
  for (const CategoryTables::Table& table : categories.tables()) {
    for (std::size_t a = 0; a < table.entries && table.entries <= kShared; ++a) {
      for (std::size_t b = 0; b < table.entries; ++b) {
        unequal_[(table.offset + a) * kShared + b] = unequal(categories, table, a, b);
      }
    }
  }
  numbers_.reserve(count_ * numeric_);
  positions_.reserve(count_ * tables_);
  for (std::uint64_t p = 0; p < count_; ++p) {
    for (std::size_t j = 0; j < numeric_; ++j) {
      numbers_.push_back(points.number(p, j));
    }
    for (std::size_t t = 0; t < tables_; ++t) {
      const CategoryTables::Table& table = categories.tables()[t];
      const std::size_t position = points.position(p, t);
      const float* const from = unequal_.data() + (table.offset + position) * kShared;
      positions_.push_back({.position = static_cast<std::int32_t>(position),
                            .unequal = table.entries <= kShared ? from : nullptr});
    }
  }
}

void FlatPoints::approach(const Kernels& kernels, const FeatureRows& rows, std::size_t b,
                          std::uint64_t point, std::int32_t label, float* nearest,
                          std::int32_t* labels) const {
  kernels.approach(block_rows(rows, b), numbers_.data() + point * numeric_,
                   positions_.data() + point * tables_, label, nearest, labels);
}

NearestDistances::NearestDistances(const FeatureRows& rows, const DataFacts& facts)
    : rows_(rows),
      facts_(facts),
      nearest_(rows.blocks() * FeatureRows::kBlock, std::numeric_limits<float>::infinity()),
      labels_(rows.blocks() * FeatureRows::kBlock, 0) {}

void NearestDistances::approach(const FeatureRows& points) {
  const FlatPoints flat(points);
  for (std::size_t b = 0; b < rows_.blocks(); ++b) {
    const std::size_t first = b * FeatureRows::kBlock;
    for (std::uint64_t p = 0; p < flat.count(); ++p) {
      flat.approach(kernels(), rows_, b, p, static_cast<std::int32_t>(points_ + p),
                    nearest_.data() + first, labels_.data() + first);
    }
  }
  points_ += flat.count();
}

std::uint64_t NearestDistances::sum() const {
  std::uint64_t sum = 0;
  for (std::uint64_t row = 0; row < rows_.rows(); ++row) {
    sum += quantised(row);
  }
  return sum;
}

std::vector<std::uint64_t> NearestDistances::sums_if_approached(const FeatureRows& points) const {
  const FlatPoints flat(points);
  std::vector<std::uint64_t> sums(points.rows());
  alignas(numeric::kAlignment) float nearest[FeatureRows::kBlock];
  alignas(numeric::kAlignment) std::int32_t labels[FeatureRows::kBlock] = {};
  for (std::size_t b = 0; b < rows_.blocks(); ++b) {
    for (std::uint64_t p = 0; p < flat.count(); ++p) {
      std::copy_n(nearest_.data() + b * FeatureRows::kBlock, FeatureRows::kBlock, nearest);
      flat.approach(kernels(), rows_, b, p, 0, nearest, labels);
      for (std::size_t i = 0; i < rows_.rows_in_block(b); ++i) {
        sums[p] += quantised(nearest[i]);
      }
    }
  }
  return sums;
}

}  // namespace tessera::cluster
