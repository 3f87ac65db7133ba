// The kernels, written once for every vector type. Included by one source file per instruction set
// and internal to it; no standard library code is instantiated here, because what is compiled for
// a better processor must not be shared.
#pragma once

#include "tessera/cluster/kernels.hpp"
#include "tessera/numeric/vec.hpp"

namespace tessera::cluster {
namespace {  // NOLINT(google-build-namespaces)

constexpr std::size_t kRows = BlockAssignment::kRows;
constexpr std::size_t kTile = PackedCentroids::kTile;
constexpr float kInfinity = __builtin_huge_valf();

template <typename Vec>
inline float least_lane(Vec v) {
  alignas(numeric::kAlignment) float lanes[Vec::kLanes];
  v.store(lanes);
  float least = lanes[0];
  for (const float lane : lanes) {
    least = lane < least ? lane : least;
  }
  return least;
}

/// The running answer for `Width` vectors of rows, kept in registers across the centroids.
template <typename Vec, std::size_t Width>
struct Best {
  Vec score[Width];
  Vec second[Width];
  typename Vec::Labels label[Width];
};

/// Scores of `Width` vectors of rows against `Count` centroids of one tile, accumulated in
/// registers: Width * Count independent chains of fused multiply-adds over the features.
template <typename Vec, std::size_t Width, std::size_t Count>
inline void score_tile(const float* numeric, const std::uint16_t* codes,
                       const PackedCentroids::View& centroids, std::size_t first,
                       Best<Vec, Width>& best) {
  Vec sum[Count][Width];
  for (std::size_t t = 0; t < Count; ++t) {
    for (std::size_t w = 0; w < Width; ++w) {
      sum[t][w] = Vec::broadcast(centroids.half_norms[first + t]);
    }
  }
  for (std::size_t c = 0; c < centroids.categories; ++c) {
    const std::size_t stride = centroids.table_strides[c];
    const float* tables = centroids.tables + centroids.table_offsets[c] + first * stride;
    typename Vec::Index at[Width];
    for (std::size_t w = 0; w < Width; ++w) {
      at[w] = Vec::index(codes + c * kRows + w * Vec::kLanes, centroids.levels[c]);
    }
    const bool small = stride == PackedCentroids::kTableEntries;
    for (std::size_t t = 0; t < Count; ++t) {
      const float* table = tables + t * stride;
      for (std::size_t w = 0; w < Width; ++w) {
        sum[t][w] = sum[t][w] - (small ? Vec::lookup(table, at[w]) : Vec::gather(table, at[w]));
      }
    }
  }
  const float* coordinates = centroids.coordinates + (first / kTile) * centroids.numeric * kTile;
  for (std::size_t j = 0; j < centroids.numeric; ++j) {
    Vec x[Width];
    for (std::size_t w = 0; w < Width; ++w) {
      x[w] = Vec::load(numeric + j * kRows + w * Vec::kLanes);
    }
    for (std::size_t t = 0; t < Count; ++t) {
      const Vec centroid = Vec::broadcast(coordinates[j * kTile + t]);
      for (std::size_t w = 0; w < Width; ++w) {
        sum[t][w] = Vec::fnmadd(x[w], centroid, sum[t][w]);
      }
    }
  }
  for (std::size_t t = 0; t < Count; ++t) {
    const auto label = Vec::label(static_cast<std::int32_t>(first + t));
    for (std::size_t w = 0; w < Width; ++w) {
      best.second[w] = Vec::min(best.second[w], Vec::max(best.score[w], sum[t][w]));
      Vec::take_lesser(sum[t][w], label, best.score[w], best.label[w]);
    }
  }
}

template <typename Vec, std::size_t Width>
void assign(const float* numeric, const std::uint16_t* codes,
            const PackedCentroids::View& centroids, BlockAssignment& out) {
  static_assert(kTile == 4 && kRows % (Width * Vec::kLanes) == 0);
  for (std::size_t row = 0; row < kRows; row += Width * Vec::kLanes) {
    const float* x = numeric + row;
    const std::uint16_t* code = codes + row;
    Best<Vec, Width> best;
    for (std::size_t w = 0; w < Width; ++w) {
      best.score[w] = Vec::broadcast(kInfinity);
      best.second[w] = Vec::broadcast(kInfinity);
      best.label[w] = Vec::label(0);
    }
    std::size_t first = 0;
    for (; first + kTile <= centroids.count; first += kTile) {
      score_tile<Vec, Width, kTile>(x, code, centroids, first, best);
    }
    switch (centroids.count - first) {
      case 3:
        score_tile<Vec, Width, 3>(x, code, centroids, first, best);
        break;
      case 2:
        score_tile<Vec, Width, 2>(x, code, centroids, first, best);
        break;
      case 1:
        score_tile<Vec, Width, 1>(x, code, centroids, first, best);
        break;
      default:
        break;
    }
    for (std::size_t w = 0; w < Width; ++w) {
      best.score[w].store(out.score + row + w * Vec::kLanes);
      best.second[w].store(out.second + row + w * Vec::kLanes);
      Vec::store(best.label[w], out.label + row + w * Vec::kLanes);
    }
  }
}

template <typename Vec>
void approach(const float* numeric, const std::uint16_t* codes, const float* point,
              const std::uint16_t* point_codes, std::size_t numeric_count,
              std::size_t category_count, std::int32_t label, float* nearest,
              std::int32_t* labels) {
  alignas(numeric::kAlignment) float start[kRows] = {};
  for (std::size_t c = 0; c < category_count; ++c) {
    for (std::size_t i = 0; i < kRows; ++i) {
      start[i] += codes[c * kRows + i] != point_codes[c] ? 2.0F : 0.0F;
    }
  }
  const auto its_label = Vec::label(label);
  for (std::size_t row = 0; row < kRows; row += Vec::kLanes) {
    Vec sum = Vec::load(start + row);
    for (std::size_t j = 0; j < numeric_count; ++j) {
      const Vec difference = Vec::load(numeric + j * kRows + row) - Vec::broadcast(point[j]);
      sum = Vec::fmadd(difference, difference, sum);
    }
    Vec best = Vec::load(nearest + row);
    typename Vec::Labels best_label = Vec::index(labels + row);
    Vec::take_lesser(sum, its_label, best, best_label);
    best.store(nearest + row);
    Vec::store(best_label, labels + row);
  }
}

/// Entries of a table by segment; up to 16 segments they stay in registers.
template <typename Vec>
inline Vec by_segment(const float* table, std::size_t segments, typename Vec::Index at) {
  return segments <= PackedCentroids::kTableEntries ? Vec::lookup(table, at)
                                                    : Vec::gather(table, at);
}

template <typename Vec>
std::uint64_t close_calls(const BlockAssignment& found, const float* norms, float at_zero,
                          float per_norm) {
  const Vec constant = Vec::broadcast(at_zero);
  const Vec factor = Vec::broadcast(per_norm);
  std::uint64_t mask = 0;
  for (std::size_t row = 0; row < kRows; row += Vec::kLanes) {
    const Vec difference = Vec::load(found.second + row) - Vec::load(found.score + row);
    mask |= Vec::at_least(constant + Vec::load(norms + row) * factor, difference) << row;
  }
  return mask;
}

template <typename Vec>
std::uint64_t renew(const BlockAssignment& found, const BlockBounds& rows, const float* drifts,
                    std::size_t segments, float slack, float& least) {
  const Vec zero = Vec::broadcast(0);
  const Vec two = Vec::broadcast(2);
  const Vec error = Vec::broadcast(slack);
  Vec lowest = Vec::broadcast(kInfinity);
  std::uint64_t moved = 0;
  for (std::size_t row = 0; row < kRows; row += Vec::kLanes) {
    const Vec norm = Vec::load(rows.norms + row);
    const Vec own = norm + two * Vec::load(found.score + row) + error;
    const Vec next = norm + two * Vec::load(found.second + row) - error;
    const Vec gap = Vec::sqrt(Vec::max(next, zero)) - Vec::sqrt(Vec::max(own, zero));
    const Vec drift = by_segment<Vec>(drifts, segments, Vec::index(found.label + row));
    (gap + drift).store(rows.until + row);
    lowest = Vec::min(lowest, gap);
    moved |= Vec::differ(found.label + row, rows.labels + row) << row;
  }
  least = least_lane(lowest);
  return moved;
}

template <typename Vec>
std::uint64_t doubtful(const BlockBounds& rows, const float* drifts, std::size_t segments,
                       float margin, float& least) {
  const Vec close = Vec::broadcast(margin);
  Vec lowest = Vec::broadcast(kInfinity);
  std::uint64_t mask = 0;
  for (std::size_t row = 0; row < kRows; row += Vec::kLanes) {
    const Vec drift = by_segment<Vec>(drifts, segments, Vec::index(rows.labels + row));
    const Vec left = Vec::load(rows.until + row) - drift;
    lowest = Vec::min(lowest, left);
    mask |= Vec::at_least(close, left) << row;
  }
  least = least_lane(lowest);
  return mask;
}

template <typename Vec>
void quantise(const float* numeric, const float* factors, std::size_t numeric_count,
              std::int32_t* out) {
  for (std::size_t j = 0; j < numeric_count; ++j) {
    const Vec factor = Vec::broadcast(factors[j]);
    for (std::size_t row = 0; row < kRows; row += Vec::kLanes) {
      (Vec::load(numeric + j * kRows + row) * factor).store_rounded(out + j * kRows + row);
    }
  }
}

template <typename Vec, std::size_t Width>
constexpr Kernels make_kernels() {
  return {&assign<Vec, Width>, &close_calls<Vec>, &renew<Vec>,
          &doubtful<Vec>,      &approach<Vec>,    &quantise<Vec>};
}

}  // namespace
}  // namespace tessera::cluster
