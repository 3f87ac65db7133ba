#include "cluster/assign.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "cluster/kernels/direct_distances.hpp"
#include "cluster/kernels/kernels.hpp"
#include "tessera/simd/vectorise.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

/// Nearest centroids of as many rows as there are `labels`, from block `first` on.
void assign(const Assigner& assigner, const FeatureRows& rows, std::size_t first,
            std::span<std::int32_t> labels) {
  BlockAssignment out;
  for (std::size_t b = first; !labels.empty(); ++b) {
    const std::size_t count = rows.rows_in_block(b);
    assigner.assign(rows, b, out);
    std::copy_n(out.label, count, labels.begin());
    labels = labels.subspan(count);
  }
}

std::vector<PackedCentroids> pack_each(const Centroids& centroids,
                                       const features::CategoryTables& categories) {
  std::vector<PackedCentroids> each;
  Centroids one(centroids.space, 1);
  for (std::size_t i = 0; i < centroids.count; ++i) {
    std::ranges::copy(centroids.row(i), one.values.begin());
    each.emplace_back(one, categories);
  }
  return each;
}

}  // namespace

std::vector<std::int32_t> assign(const FeatureRows& rows, const Centroids& centroids) {
  return assign(Assigner(centroids, rows.categories()), rows);
}

std::vector<std::int32_t> assign(const Assigner& assigner, const FeatureRows& rows) {
  std::vector<std::int32_t> labels(rows.rows());
  assign(assigner, rows, 0, labels);
  return labels;
}

/// The rows of a block, and what is known of them.
struct Measurer::Block {
  static constexpr std::size_t kRows = FeatureRows::kBlock;
  std::span<const std::int32_t> own;  // segments
  std::array<std::int32_t, kRows> next{};
  std::array<float, kRows> next_score{};
  std::array<float, kRows> third_score{};
  std::array<double, kRows> own_square{};
  std::array<double, kRows> next_square{};
};

Measurer::Measurer(const Centroids& centroids, const features::CategoryTables& categories)
    : assigner_(centroids, categories),
      single_(pack_each(centroids, categories)),
      points_(centroids.space, {centroids.values.begin(), centroids.values.end()}) {}

void Measurer::measure(const FeatureRows& rows, std::uint64_t first, std::span<Nearest> out) const {
  std::vector<std::int32_t> labels(out.size());
  assign(assigner_, rows, first / FeatureRows::kBlock, labels);
  Block block;
  for (std::size_t done = 0; done < out.size(); done += block.own.size()) {
    const std::size_t b = (first + done) / FeatureRows::kBlock;
    block.own = std::span(labels).subspan(done, rows.rows_in_block(b));
    points_.sparse_squared_distances(rows, b, block.own, block.own_square.data());
    if (single_.size() > 1) {
      find_next(rows, b, block);
      points_.sparse_squared_distances(rows, b, block.next, block.next_square.data());
      settle(rows, b, block);
    } else {
      block.next_square = block.own_square;
    }
    for (std::size_t i = 0; i < block.own.size(); ++i) {
      const double distance = std::sqrt(block.own_square[i]);
      out[done + i] = {block.own[i], distance,
                       std::max(0.0, std::sqrt(block.next_square[i]) - distance)};
    }
  }
}

void Measurer::find_next(const FeatureRows& rows, std::size_t b, Block& block) const {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  alignas(simd::kAlignment) std::array<std::int32_t, Block::kRows> own{};
  std::ranges::copy(block.own, own.begin());
  block.next_score.fill(kInfinity);
  block.third_score.fill(kInfinity);
  const Kernels& kernel = kernels();
  const BlockRows x = block_rows(rows, b);
  BlockAssignment one;
  for (std::size_t c = 0; c < single_.size(); ++c) {
    (void)kernel.assign(x, single_[c].view(), 0, one);
    const auto label = static_cast<std::int32_t>(c);
    simd::vectorise([label, own = own.data(), score = one.score, next = block.next.data(),
                     next_score = block.next_score.data(), third_score = block.third_score.data()]()
                        TESSERA_INLINE {
                          for (std::size_t i = 0; i < Block::kRows; ++i) {
                            const float its = own[i] == label ? kInfinity : score[i];
                            const float second = next_score[i];
                            const float worse = its > second ? its : second;
                            third_score[i] = worse < third_score[i] ? worse : third_score[i];
                            next[i] = its < second ? label : next[i];
                            next_score[i] = its < second ? its : second;
                          }
                        });
  }
}

/// Looks at all distances of the rows where a third centroid could be nearer than the next.
void Measurer::settle(const FeatureRows& rows, std::size_t b, Block& block) const {
  for (std::size_t i = 0; i < block.own.size(); ++i) {
    // |x| <= |x - c| + |c|
    const double norm = std::sqrt(block.own_square[i]) + assigner_.largest_norm();
    const double error = assigner_.score_error(norm * norm);
    if (double{block.third_score[i]} - double{block.next_score[i]} > 2 * error) {
      continue;
    }
    for (std::size_t c = 0; c < single_.size(); ++c) {
      if (static_cast<std::int32_t>(c) != block.own[i]) {
        block.next_square[i] =
            std::min(block.next_square[i],
                     points_.sparse_squared_distance(rows, b * FeatureRows::kBlock + i, c));
      }
    }
  }
}

double squared_distance(const FeatureRows& rows, std::uint64_t row,
                        std::span<const float> centroid) {
  double squared = 0;
  squared_distances(block_rows(rows, row / FeatureRows::kBlock), rows.categories(),
                    row % FeatureRows::kBlock, rows.space(), centroid.data(), 1, &squared);
  return squared;
}

}  // namespace tessera::cluster
