#include "cluster/seeding/nearest_distances.hpp"

#include <algorithm>
#include <limits>

namespace tessera::cluster {

using features::CategoryTables;
using features::FeatureRows;

FlatPoints::FlatPoints(const FeatureRows& points)
    : count_(points.rows()),
      numeric_(points.space().numeric),
      tables_(points.categories().tables().size()) {
  const CategoryTables& categories = points.categories();
  const auto shared = static_cast<std::size_t>(
      std::ranges::count_if(categories.tables(), &CategoryTables::Table::may_be_shared));
  numbers_.reserve(count_ * numeric_);
  positions_.reserve(count_ * tables_);
  unequal_.resize(count_ * shared * CategoryTables::kShared, 0.0F);
  float* unequal = unequal_.data();
  const auto apart = [&space = points.space()](std::size_t category) {
    const double value = space.level_value(category);
    return static_cast<float>(2 * value * value);  // in two dimensions
  };
  for (std::uint64_t p = 0; p < count_; ++p) {
    for (std::size_t j = 0; j < numeric_; ++j) {
      numbers_.push_back(points.number(p, j));
    }
    for (std::size_t t = 0; t < tables_; ++t) {
      const CategoryTables::Table& table = categories.tables()[t];
      const std::size_t position = points.position(p, t);
      positions_.push_back({.position = static_cast<std::int32_t>(position),
                            .elsewhere = apart(categories.digits(table).front().category),
                            .unequal = unequal});
      if (!table.may_be_shared()) {
        continue;
      }
      for (const CategoryTables::Digit& digit : categories.digits(table)) {
        const std::uint16_t* const codes = categories.codes(digit.category).data();
        const float other = apart(digit.category);
        for (std::size_t i = 0; i < table.entries; ++i) {
          unequal[i] += codes[i] == codes[position] ? 0.0F : other;
        }
      }
      unequal += CategoryTables::kShared;
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
    sum += quantised(nearest_[row]);
  }
  return sum;
}

std::vector<std::uint64_t> NearestDistances::sums_if_approached(const FeatureRows& points) const {
  const FlatPoints flat(points);
  std::vector<std::uint64_t> sums(points.rows());
  alignas(simd::kAlignment) float nearest[FeatureRows::kBlock];
  alignas(simd::kAlignment) std::int32_t labels[FeatureRows::kBlock] = {};
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
