#include "cluster/seeding/nearest_distances.hpp"

#include <algorithm>
#include <limits>

#include "tessera/features/rows/draw_rows.hpp"

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

numeric::Int128 NearestDistances::sum() const {
  if (rows_.weighted()) {
    numeric::Int128 sum = 0;
    for (std::uint64_t row = 0; row < rows_.rows(); ++row) {
      sum += massive(row, nearest_[row]);
    }
    return sum;
  }
  std::uint64_t sum = 0;
  for (std::uint64_t row = 0; row < rows_.rows(); ++row) {
    sum += quantised(nearest_[row]);
  }
  return sum;
}

std::vector<numeric::Int128> NearestDistances::sums_if_approached(const FeatureRows& points) const {
  const FlatPoints flat(points);
  std::vector<numeric::Int128> sums(points.rows());
  alignas(simd::kAlignment) float nearest[FeatureRows::kBlock];
  alignas(simd::kAlignment) std::int32_t labels[FeatureRows::kBlock] = {};
  for (std::size_t b = 0; b < rows_.blocks(); ++b) {
    const std::size_t count = rows_.rows_in_block(b);
    for (std::uint64_t p = 0; p < flat.count(); ++p) {
      std::copy_n(nearest_.data() + b * FeatureRows::kBlock, FeatureRows::kBlock, nearest);
      flat.approach(kernels(), rows_, b, p, 0, nearest, labels);
      if (rows_.weighted()) {
        for (std::size_t i = 0; i < count; ++i) {
          sums[p] += massive(b * FeatureRows::kBlock + i, nearest[i]);
        }
        continue;
      }
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < count; ++i) {
        sum += quantised(nearest[i]);
      }
      sums[p] += sum;
    }
  }
  return sums;
}

std::vector<std::uint64_t> NearestDistances::draw(const comm::Communicator& comm,
                                                  std::uint64_t count,
                                                  const numeric::KeyedRandom& random,
                                                  numeric::Int128 sum) const {
  const double total = facts_.distance_format.value(sum);
  if (!rows_.draws_by_mass()) {
    return features::draw_rows(comm, rows_, count, random, squared(), total);
  }
  std::vector<double> mass = rows_.drawn_masses();
  for (std::uint64_t row = 0; row < rows_.rows(); ++row) {
    mass[row] *= double{nearest_[row]};
  }
  return features::draw_rows(comm, rows_, count, random, mass, total);
}

}  // namespace tessera::cluster
