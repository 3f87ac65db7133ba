// The kernels of CentroidSums: a part of kernel_template.hpp, see there.
#pragma once

#include "cluster/kernels/kernels.hpp"
#include "tessera/simd/vec.hpp"

namespace tessera::cluster {
namespace {  // NOLINT(google-build-namespaces)

// Vectors of the compiler's: eight of each fit AVX-512, and take several registers elsewhere.
constexpr std::size_t kEight = 8;
using Floats [[gnu::vector_size(kEight * sizeof(float))]] = float;
using Doubles [[gnu::vector_size(kEight * sizeof(double))]] = double;
using Ints [[gnu::vector_size(kEight * sizeof(std::int32_t))]] = std::int32_t;
using Longs [[gnu::vector_size(kEight * sizeof(std::int64_t))]] = std::int64_t;

/// One row goes from its segment to another: its features from `first` on, one by one. Not inlined,
/// so that the loop by eights has all registers.
[[gnu::noinline]] void move_features(const float* x, std::size_t stride, std::size_t first,
                                     std::size_t last, const float* factors, std::int64_t* from,
                                     std::int64_t* to) {
  for (std::size_t j = first; j < last; ++j) {
    const std::int64_t quantised = __builtin_lrintf(x[j * stride] * factors[j]);
    from[j] -= quantised;
    to[j] += quantised;
  }
}

/// The same by eights, as long as there are so many.
inline void move_row(const float* x, std::size_t stride, std::size_t count, const float* factors,
                     std::int64_t* from, std::int64_t* to) {
  std::size_t j = 0;
  for (const float* at = x; j + kEight <= count; j += kEight, at += kEight * stride) {
    const Floats features = {at[0],          at[stride],     at[2 * stride], at[3 * stride],
                             at[4 * stride], at[5 * stride], at[6 * stride], at[7 * stride]};
    Floats factor;
    __builtin_memcpy(&factor, factors + j, sizeof factor);
    // To the nearest integers, ties to even: the bits of a double of this size count ones (as in
    // ExactSum).
    constexpr double kOnes = 0x1.8p52;
    const Doubles counted = __builtin_convertvector(features * factor, Doubles) + kOnes;
    Longs quantised;
    __builtin_memcpy(&quantised, &counted, sizeof counted);
    quantised -= __builtin_bit_cast(std::int64_t, kOnes);
    Longs sum;
    __builtin_memcpy(&sum, from + j, sizeof sum);
    sum -= quantised;
    __builtin_memcpy(from + j, &sum, sizeof sum);
    __builtin_memcpy(&sum, to + j, sizeof sum);
    sum += quantised;
    __builtin_memcpy(to + j, &sum, sizeof sum);
  }
  if (j < count) {
    move_features(x, stride, j, count, factors, from, to);
  }
}

/// Rows of a block, one by one. `Stride` is theirs, known to the compiler; 0 if it isn't.
template <std::size_t Stride>
void move_rows(const BlockRows& rows, std::uint64_t chosen, const Label* labels,
               const std::int32_t* to, const SumsView& view) {
  const SumsView sums = view;  // a copy that no store can change
  const float* const x = rows.numeric;
  const std::size_t count = rows.numeric_count;
  const std::size_t stride = Stride == 0 ? rows.stride : Stride;
  for (; chosen != 0; chosen &= chosen - 1) {
    const auto row = static_cast<std::size_t>(__builtin_ctzll(chosen));
    std::int64_t* more = sums.values + static_cast<std::size_t>(to[row]) * sums.stride;
    std::int64_t* less =
        labels[row] == kNoLabel ? sums.nowhere : sums.values + labels[row] * sums.stride;
    move_row(x + row, stride, count, sums.factors, less, more);
    --less[sums.size_at];
    ++more[sums.size_at];
  }
}

/// The features of a vector of rows in fixed point, row by row.
template <typename Vec>
inline void quantise(const BlockRows& rows, std::size_t row, const float* factors,
                     std::int32_t* out) {
  const std::size_t stride = quantised_stride(rows.numeric_count);
  for (std::size_t j = 0; j < rows.numeric_count; j += Vec::kLanes) {
    Vec columns[Vec::kLanes];
    for (std::size_t c = 0; c < Vec::kLanes; ++c) {
      columns[c] = j + c < rows.numeric_count
                       ? Vec::load(rows.numeric + (j + c) * rows.stride + row) *
                             Vec::broadcast(factors[j + c])
                       : Vec::broadcast(0);
    }
    Vec::store_rounded_rows(columns, out + j, stride);
  }
}

/// Adds a quantised row, and zeros up to a whole cache line, which the sums of a segment have room
/// for.
template <int Sign>
inline void add_whole(const std::int32_t* quantised, std::size_t count, std::int64_t* sums) {
  for (std::size_t j = 0; j < count; j += kEight) {
    Ints more;
    Longs sum;
    __builtin_memcpy(&more, quantised + j, sizeof more);
    __builtin_memcpy(&sum, sums + j, sizeof sum);
    sum += Sign * __builtin_convertvector(more, Longs);
    __builtin_memcpy(sums + j, &sum, sizeof sum);
  }
}

template <typename Vec>
void move_sums(const BlockRows& rows, std::uint64_t chosen, const Label* labels,
               const std::int32_t* to, const SumsView& view) {
  const SumsView sums = view;  // a copy that no store can change
  constexpr std::uint64_t kLaneBits = (std::uint64_t{1} << Vec::kLanes) - 1;
  const std::size_t count = rows.numeric_count;
  std::uint64_t few = 0;
  for (std::size_t first = 0; first < BlockRows::kRows; first += Vec::kLanes) {
    std::uint64_t lanes = (chosen >> first) & kLaneBits;
    // For many of them, turning all lanes around costs less than picking some.
    if (static_cast<std::size_t>(__builtin_popcountll(lanes)) <= Vec::kLanes / 2) {
      few |= lanes << first;
      continue;
    }
    quantise<Vec>(rows, first, sums.factors, sums.scratch);
    for (; lanes != 0; lanes &= lanes - 1) {
      const auto lane = static_cast<std::size_t>(__builtin_ctzll(lanes));
      const std::size_t row = first + lane;
      const std::int32_t* quantised = sums.scratch + lane * quantised_stride(count);
      std::int64_t* more = sums.values + static_cast<std::size_t>(to[row]) * sums.stride;
      add_whole<+1>(quantised, count, more);
      ++more[sums.size_at];
      if (labels[row] != kNoLabel) {
        std::int64_t* less = sums.values + labels[row] * sums.stride;
        add_whole<-1>(quantised, count, less);
        --less[sums.size_at];
      }
    }
  }
  if (rows.stride == BlockRows::kRows) {
    move_rows<BlockRows::kRows>(rows, few, labels, to, sums);
  } else {
    move_rows<0>(rows, few, labels, to, sums);
  }
}

}  // namespace
}  // namespace tessera::cluster
