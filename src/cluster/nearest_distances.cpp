#include "nearest_distances.hpp"

#include <algorithm>
#include <limits>

#include "tessera/cluster/kernels.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

/// Points in the form the kernel takes: one after the other.
struct FlatPoints {
  explicit FlatPoints(const FeatureRows& points)
      : numeric(points.space().numeric), categories(points.space().categories()) {
    for (std::uint64_t p = 0; p < points.rows(); ++p) {
      for (std::size_t j = 0; j < numeric; ++j) {
        numbers.push_back(points.number(p, j));
      }
      for (std::size_t c = 0; c < categories; ++c) {
        codes.push_back(points.code(p, c));
      }
    }
  }

  void approach(const FeatureRows& rows, std::size_t block, std::uint64_t point,
                float* nearest) const {
    kernels().approach(rows.numeric_block(block), rows.code_block(block),
                       numbers.data() + point * numeric, codes.data() + point * categories, numeric,
                       categories, nearest);
  }

  std::size_t numeric;
  std::size_t categories;
  std::vector<float> numbers;
  std::vector<std::uint16_t> codes;
};

}  // namespace

NearestDistances::NearestDistances(const FeatureRows& rows, const DataFacts& facts)
    : rows_(rows),
      facts_(facts),
      nearest_(rows.blocks() * FeatureRows::kBlock, std::numeric_limits<float>::infinity()) {}

void NearestDistances::approach(const FeatureRows& points) {
  const FlatPoints flat(points);
  for (std::size_t b = 0; b < rows_.blocks(); ++b) {
    for (std::uint64_t p = 0; p < points.rows(); ++p) {
      flat.approach(rows_, b, p, nearest_.data() + b * FeatureRows::kBlock);
    }
  }
}

std::int64_t NearestDistances::quantised(std::uint64_t row) const {
  return facts_.distance_format.quantise(double{nearest_[row]});
}

std::int64_t NearestDistances::sum() const {
  std::int64_t sum = 0;
  for (std::uint64_t row = 0; row < rows_.rows(); ++row) {
    sum += quantised(row);
  }
  return sum;
}

std::uint64_t NearestDistances::row_at(std::int64_t mark) const {
  std::uint64_t row = 0;
  for (std::int64_t passed = quantised(0); passed <= mark; passed += quantised(row)) {
    ++row;
  }
  return row;
}

std::vector<std::int64_t> NearestDistances::sums_if_approached(const FeatureRows& points) const {
  const FlatPoints flat(points);
  std::vector<std::int64_t> sums(points.rows());
  alignas(numeric::kAlignment) float block[FeatureRows::kBlock];
  for (std::size_t b = 0; b < rows_.blocks(); ++b) {
    for (std::uint64_t p = 0; p < points.rows(); ++p) {
      std::copy_n(nearest_.data() + b * FeatureRows::kBlock, FeatureRows::kBlock, block);
      flat.approach(rows_, b, p, block);
      for (std::size_t i = 0; i < rows_.rows_in_block(b); ++i) {
        sums[p] += facts_.distance_format.quantise(double{block[i]});
      }
    }
  }
  return sums;
}

}  // namespace tessera::cluster
