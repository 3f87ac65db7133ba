// Compiled with the avx512 instruction set and VNNI (src/CMakeLists.txt): the screen, whose
// multiply-adds of 16-bit integers are twice as many per instruction as those of floats.
#include "cluster/kernels/kernel_sets.hpp"
#include "tessera/simd/ints.hpp"

namespace tessera::cluster {
namespace {

using simd::VecAvx512;
using Ints = simd::IntsAvx512;

constexpr std::size_t kRows = BlockRows::kRows;
constexpr std::size_t kTile = PackedCentroids::kTile;
constexpr std::size_t kVectors = kRows / Ints::kLanes;
constexpr std::size_t kLineFloats = simd::kAlignment / sizeof(float);

/// More than any score; an integer and a float.
constexpr float kMost = 0x1.FFFFFEp30F;

/// The running answer for all rows of a block.
struct Best {
  Ints score[kVectors];
  Ints second[kVectors];
  Ints label[kVectors];
};

/// A block's features in pairs: pair p of row i at out[p * kRows + i]. An odd last one goes with
/// itself, and the centroids have a zero there.
inline void quantise(const BlockRows& rows, float factor, std::int32_t* out) {
  const VecAvx512 scale = VecAvx512::broadcast(factor);
  for (std::size_t j = 0; j < rows.numeric_count; j += 2, out += kRows) {
    const float* const lower = rows.numeric + j * rows.stride;
    const float* const upper = j + 1 < rows.numeric_count ? lower + rows.stride : lower;
    for (std::size_t i = 0; i < kRows; i += Ints::kLanes) {
      Ints::rounded_pairs(VecAvx512::load(lower + i) * scale, VecAvx512::load(upper + i) * scale)
          .store(out + i);
    }
  }
}

/// The scores of a block against one tile of centroids.
inline void score_tile(const std::int32_t* x, const std::int32_t* centroids,
                       const std::int32_t* half_norms, std::size_t pairs, std::size_t first,
                       Best& best) {
  Ints sum[kTile][kVectors];
  for (std::size_t t = 0; t < kTile; ++t) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      sum[t][v] = Ints::broadcast(half_norms[t]);
    }
  }
  for (std::size_t p = 0; p < pairs; ++p, x += kRows, centroids += kTile) {
    Ints pair[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) {
      pair[v] = Ints::load(x + v * Ints::kLanes);
    }
    for (std::size_t t = 0; t < kTile; ++t) {
      const Ints centroid = Ints::broadcast(centroids[t]);
      for (std::size_t v = 0; v < kVectors; ++v) {
        sum[t][v] = Ints::add_products(pair[v], centroid, sum[t][v]);
      }
    }
  }
  for (std::size_t t = 0; t < kTile; ++t) {
    const Ints label = Ints::broadcast(static_cast<std::int32_t>(first + t));
    for (std::size_t v = 0; v < kVectors; ++v) {
      best.second[v] = Ints::min(best.second[v], Ints::max(best.score[v], sum[t][v]));
      Ints::take_lesser(sum[t][v], label, best.score[v], best.label[v]);
    }
  }
}

}  // namespace

std::uint64_t screen_avx512_vnni(const BlockRows& rows, const ScreenView& centroids,
                                 const ScreenScale& scale, std::int32_t* label) {
  const std::size_t pairs = (rows.numeric_count + 1) / 2;
  quantise(rows, scale.rows, centroids.rows_scratch);
  for (std::size_t i = 0; i < centroids.tiles * kTile; i += Ints::kLanes) {
    const VecAvx512 half = VecAvx512::load(centroids.half_norms + i);
    Ints::rounded(
        VecAvx512::min(half * VecAvx512::broadcast(scale.scores), VecAvx512::broadcast(kMost)))
        .store(centroids.half_norms_scratch + i);
  }
  Best best;
  for (std::size_t v = 0; v < kVectors; ++v) {
    best.score[v] = Ints::broadcast(static_cast<std::int32_t>(kMost));
    best.second[v] = best.score[v];
    best.label[v] = Ints::broadcast(0);
  }
  // A share of the lines wanted next is asked for with every tile: memory is kept busy all along.
  const std::size_t lines = rows.numeric_count * kRows / kLineFloats;
  std::size_t line = 0;
  for (std::size_t tile = 0; tile < centroids.tiles; ++tile) {
    for (; line < (tile + 1) * lines / centroids.tiles; ++line) {
      __builtin_prefetch(rows.ahead + line * kLineFloats);
    }
    score_tile(centroids.rows_scratch, centroids.pairs + tile * pairs * kTile,
               centroids.half_norms_scratch + tile * kTile, pairs, tile * kTile, best);
  }
  std::uint64_t uncertain = 0;
  for (std::size_t v = 0; v < kVectors; ++v) {
    best.label[v].store(label + v * Ints::kLanes);
    uncertain |= Ints::within(best.score[v], best.second[v], scale.threshold) << v * Ints::kLanes;
  }
  return uncertain;
}

}  // namespace tessera::cluster
