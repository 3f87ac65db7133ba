// The kernels, written once for every vector type. Included by one source file per instruction set
// and internal to it; no standard library code is instantiated here, because what is compiled for
// a better processor must not be shared.
#pragma once

#include "cluster/kernels/kernels.hpp"
#include "cluster/kernels/sums_template.hpp"
#include "tessera/simd/vec.hpp"

namespace tessera::cluster {
namespace {  // NOLINT(google-build-namespaces)

using features::CategoryTables;

constexpr std::size_t kRows = BlockRows::kRows;
constexpr std::size_t kTile = PackedCentroids::kTile;
constexpr std::size_t kLineFloats = simd::kAlignment / sizeof(float);
constexpr float kInfinity = __builtin_huge_valf();

template <typename Vec>
inline float least_lane(Vec v) {
  alignas(simd::kAlignment) float lanes[Vec::kLanes];
  v.store(lanes);
  float least = lanes[0];
  for (const float lane : lanes) {
    least = lane < least ? lane : least;
  }
  return least;
}

/// The positions of a vector of rows, from `row` on, in a table of categories.
template <typename Vec>
inline typename Vec::Index positions_at(const BlockRows& rows, std::size_t table, std::size_t row) {
  const std::uint8_t* low = rows.positions + table * rows.position_bytes * rows.stride + row;
  return rows.position_bytes == 1 ? Vec::index(low) : Vec::index(low, low + rows.stride);
}

/// Asks for the positions that are wanted next.
inline void prefetch_positions(const BlockRows& rows) {
  for (std::size_t n = 0; n < rows.table_count * rows.position_bytes; ++n) {
    __builtin_prefetch(rows.positions_ahead + n * kRows);
  }
}

/// The running answer for `Width` vectors of rows, kept in registers across the centroids.
template <typename Vec, std::size_t Width>
struct Best {
  Vec score[Width];
  Vec second[Width];
  typename Vec::Labels label[Width];
};

/// Asks for the features that are wanted next, line by line: memory is kept busy all along.
class Ahead {
 public:
  /// `steps` are taken for each feature.
  Ahead(const float* features, std::size_t steps) : next_(features), steps_(steps) {}

  void step() {
    constexpr std::size_t kLinesOfAFeature = kRows / kLineFloats;
    for (due_ += kLinesOfAFeature; due_ >= steps_; due_ -= steps_) {
      __builtin_prefetch(next_);
      next_ += kLineFloats;
    }
  }

 private:
  const float* next_;
  std::size_t steps_;
  std::size_t due_ = 0;  // lines, times steps_
};

/// Scores of `Width` vectors of rows, from `row` on, against `Count` centroids of one tile,
/// accumulated in registers: Width * Count independent chains of fused multiply-adds over the
/// features.
template <typename Vec, std::size_t Width, std::size_t Count>
inline void score_tile(const BlockRows& rows, std::size_t row,
                       const PackedCentroids::View& centroids, std::size_t first, Ahead& ahead,
                       Best<Vec, Width>& best) {
  Vec sum[Count][Width];
  for (std::size_t t = 0; t < Count; ++t) {
    for (std::size_t w = 0; w < Width; ++w) {
      sum[t][w] = Vec::broadcast(centroids.half_norms[first + t]);
    }
  }
  for (std::size_t n = 0; n < rows.table_count; ++n) {
    const CategoryTables::Table& table = rows.tables[n];
    const float* entries =
        centroids.entries + centroids.count * table.offset + first * table.stride;
    typename Vec::Index at[Width];
    for (std::size_t w = 0; w < Width; ++w) {
      at[w] = positions_at<Vec>(rows, n, row + w * Vec::kLanes);
    }
    const auto subtract = [&](const auto& entry_of) {
      for (std::size_t t = 0; t < Count; ++t) {
        for (std::size_t w = 0; w < Width; ++w) {
          sum[t][w] = sum[t][w] - entry_of(entries + t * table.stride, at[w]);
        }
      }
    };
    if (table.stride == simd::kLookupEntries) {
      subtract([](const float* of, const auto& i) { return Vec::lookup(of, i); });
    } else if (table.stride == CategoryTables::kShared) {
      subtract([](const float* of, const auto& i) { return Vec::lookup_two(of, i); });
    } else {
      subtract([](const float* of, const auto& i) { return Vec::gather(of, i); });
    }
  }
  const float* coordinates = centroids.coordinates + first * rows.numeric_count;
  const float* at = rows.numeric + row;
  for (std::size_t j = 0; j < rows.numeric_count; ++j, at += rows.stride) {
    Vec x[Width];
    for (std::size_t w = 0; w < Width; ++w) {
      x[w] = Vec::load(at + w * Vec::kLanes);
    }
    ahead.step();
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
std::uint64_t assign(const BlockRows& rows, const PackedCentroids::View& centroids, float threshold,
                     BlockAssignment& out) {
  static_assert(kTile == 4 && kRows % (Width * Vec::kLanes) == 0);
  prefetch_positions(rows);
  const std::size_t tiles = (centroids.count + kTile - 1) / kTile;
  Ahead ahead(rows.ahead, tiles * (kRows / (Width * Vec::kLanes)));
  const Vec close = Vec::broadcast(threshold);
  std::uint64_t close_calls = 0;
  for (std::size_t row = 0; row < kRows; row += Width * Vec::kLanes) {
    Best<Vec, Width> best;
    for (std::size_t w = 0; w < Width; ++w) {
      best.score[w] = Vec::broadcast(kInfinity);
      best.second[w] = Vec::broadcast(kInfinity);
      best.label[w] = Vec::label(0);
    }
    std::size_t first = 0;
    for (; first + kTile <= centroids.count; first += kTile) {
      score_tile<Vec, Width, kTile>(rows, row, centroids, first, ahead, best);
    }
    switch (centroids.count - first) {
      case 3:
        score_tile<Vec, Width, 3>(rows, row, centroids, first, ahead, best);
        break;
      case 2:
        score_tile<Vec, Width, 2>(rows, row, centroids, first, ahead, best);
        break;
      case 1:
        score_tile<Vec, Width, 1>(rows, row, centroids, first, ahead, best);
        break;
      default:
        break;
    }
    for (std::size_t w = 0; w < Width; ++w) {
      best.score[w].store(out.score + row + w * Vec::kLanes);
      best.second[w].store(out.second + row + w * Vec::kLanes);
      Vec::store(best.label[w], out.label + row + w * Vec::kLanes);
      close_calls |= Vec::at_least(close, best.second[w] - best.score[w])
                     << (row + w * Vec::kLanes);
    }
  }
  return close_calls;
}

template <typename Vec>
void approach(const BlockRows& rows, const float* point, const PointPosition* point_positions,
              std::int32_t label, float* nearest, std::int32_t* labels) {
  const auto its_label = Vec::label(label);
  for (std::size_t row = 0; row < kRows; row += Vec::kLanes) {
    Vec sum = Vec::broadcast(0);
    for (std::size_t t = 0; t < rows.table_count; ++t) {
      const PointPosition& its = point_positions[t];
      const auto at = positions_at<Vec>(rows, t, row);
      sum = sum + (rows.tables[t].stride <= CategoryTables::kShared
                       ? Vec::lookup_two(its.unequal, at)
                       : Vec::where_unequal(at, Vec::label(its.position), its.elsewhere));
    }
    for (std::size_t j = 0; j < rows.numeric_count; ++j) {
      const Vec difference =
          Vec::load(rows.numeric + j * rows.stride + row) - Vec::broadcast(point[j]);
      sum = Vec::fmadd(difference, difference, sum);
    }
    Vec best = Vec::load(nearest + row);
    typename Vec::Labels best_label = Vec::index(labels + row);
    Vec::take_lesser(sum, its_label, best, best_label);
    best.store(nearest + row);
    Vec::store(best_label, labels + row);
  }
}

/// Squared norms of all rows.
template <typename Vec>
struct Norms {
  static constexpr std::size_t kVectors = kRows / Vec::kLanes;
  Vec of[kVectors];

  explicit Norms(const BlockRows& rows) {
    for (Vec& norm : of) {
      norm = Vec::broadcast(rows.categories_norm);
    }
    for (std::size_t j = 0; j < rows.numeric_count; ++j) {
      for (std::size_t v = 0; v < kVectors; ++v) {
        const Vec x = Vec::load(rows.numeric + j * rows.stride + v * Vec::kLanes);
        of[v] = Vec::fmadd(x, x, of[v]);
      }
    }
  }
};

template <typename Vec>
float largest_norm(const BlockRows& rows) {
  const Norms<Vec> norms(rows);
  Vec least = Vec::broadcast(0);
  for (const Vec norm : norms.of) {
    least = Vec::min(least, Vec::broadcast(0) - norm);
  }
  return -least_lane(least);
}

template <typename Vec>
std::uint64_t moved(const BlockAssignment& found, const Label* labels) {
  std::uint64_t mask = 0;
  for (std::size_t row = 0; row < kRows; row += Vec::kLanes) {
    mask |= Vec::differ(found.label + row, labels + row) << row;
  }
  return mask;
}

/// The drifts of some rows' segments; up to 16 drifts stay in registers.
template <typename Vec>
inline Vec drift_of(const Drifts& drifts, typename Vec::Index segments) {
  return drifts.segments <= simd::kLookupEntries ? Vec::lookup(drifts.of_segment, segments)
                                                 : Vec::gather(drifts.of_segment, segments);
}

template <typename Vec>
float renew(const BlockRows& rows, const BlockAssignment& found, const Drifts& drifts, float slack,
            float* until) {
  const Norms<Vec> norms(rows);
  const Vec zero = Vec::broadcast(0);
  const Vec two = Vec::broadcast(2);
  const Vec error = Vec::broadcast(slack);
  Vec lowest = Vec::broadcast(kInfinity);
  for (std::size_t v = 0; v < norms.kVectors; ++v) {
    const std::size_t row = v * Vec::kLanes;
    const Vec own = norms.of[v] + two * Vec::load(found.score + row) + error;
    const Vec next = norms.of[v] + two * Vec::load(found.second + row) - error;
    const Vec gap = Vec::sqrt(Vec::max(next, zero)) - Vec::sqrt(Vec::max(own, zero));
    (gap + drift_of<Vec>(drifts, Vec::index(found.label + row))).store(until + row);
    lowest = Vec::min(lowest, gap);
  }
  return least_lane(lowest);
}

template <typename Vec>
std::uint64_t doubtful(const Label* labels, const float* until, const Drifts& drifts, float margin,
                       float& least) {
  const Vec close = Vec::broadcast(margin);
  Vec lowest = Vec::broadcast(kInfinity);
  std::uint64_t mask = 0;
  for (std::size_t row = 0; row < kRows; row += Vec::kLanes) {
    const Vec left = Vec::load(until + row) - drift_of<Vec>(drifts, Vec::index(labels + row));
    lowest = Vec::min(lowest, left);
    mask |= Vec::at_least(close, left) << row;
  }
  least = least_lane(lowest);
  return mask;
}

/// Few rows of a block, without reading the others.
inline void pick_numbers(const BlockRows& rows, std::uint64_t chosen, float* numbers,
                         std::size_t stride) {
  for (; chosen != 0; chosen &= chosen - 1, ++numbers) {
    const float* x = rows.numeric + __builtin_ctzll(chosen);
    for (std::size_t j = 0; j < rows.numeric_count; ++j) {
      numbers[j * stride] = x[j * rows.stride];
    }
  }
}

/// Many rows of a block, by vectors.
template <typename Vec>
inline void compress_numbers(const BlockRows& rows, std::uint64_t chosen, float* numbers,
                             std::size_t stride) {
  constexpr std::size_t kVectors = kRows / Vec::kLanes;
  constexpr std::uint64_t kLaneBits = (std::uint64_t{1} << Vec::kLanes) - 1;
  struct Part {
    std::size_t row;
    std::size_t to;
    typename Vec::Compression compression;
  };
  Part parts[kVectors];
  std::size_t count = 0;
  std::size_t to = 0;
  for (std::size_t row = 0; row < kRows; row += Vec::kLanes) {
    if (const std::uint64_t lanes = (chosen >> row) & kLaneBits; lanes != 0) {
      parts[count++] = {row, to, Vec::compression(lanes)};
      to += static_cast<std::size_t>(__builtin_popcountll(lanes));
    }
  }
  for (std::size_t j = 0; j < rows.numeric_count; ++j) {
    for (std::size_t line = 0; line < kRows; line += kLineFloats) {
      __builtin_prefetch(rows.ahead + j * kRows + line);
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Part& part = parts[i];
      Vec::store_compressed(Vec::load(rows.numeric + j * rows.stride + part.row), part.compression,
                            numbers + j * stride + part.to);
    }
  }
}

template <typename Vec>
void sift(const BlockRows& rows, std::uint64_t chosen, float* numbers, std::uint8_t* positions,
          std::size_t stride) {
  if (static_cast<std::size_t>(__builtin_popcountll(chosen)) <= kFewRows) {
    pick_numbers(rows, chosen, numbers, stride);
  } else {
    compress_numbers<Vec>(rows, chosen, numbers, stride);
  }
  const std::size_t planes = rows.table_count * rows.position_bytes;
  if (planes == 0) {
    return;
  }
  prefetch_positions(rows);
  for (; chosen != 0; chosen &= chosen - 1, ++positions) {
    const auto row = static_cast<std::size_t>(__builtin_ctzll(chosen));
    for (std::size_t n = 0; n < planes; ++n) {
      positions[n * stride] = rows.positions[n * rows.stride + row];
    }
  }
}

inline void relabel(const BlockAssignment& found, Label* labels) {
  for (std::size_t row = 0; row < kRows; ++row) {
    labels[row] = static_cast<Label>(found.label[row]);
  }
}

template <typename Vec, std::size_t Width>
constexpr Kernels make_kernels() {
  return {
      .assign = &assign<Vec, Width>,
      .screen = nullptr,
      .largest_norm = &largest_norm<Vec>,
      .moved = &moved<Vec>,
      .relabel = &relabel,
      .renew = &renew<Vec>,
      .doubtful = &doubtful<Vec>,
      .sift = &sift<Vec>,
      .move_sums = &move_sums<Vec>,
      .approach = &approach<Vec>,
  };
}

}  // namespace
}  // namespace tessera::cluster
