/// \file
/// The vectors of AVX-512. See vec.hpp.
#pragma once

#if defined(__AVX512F__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

// Without optimisation the intrinsics are macros, whose casts are not ours.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace tessera::simd {
namespace {  // NOLINT(google-build-namespaces): see vec.hpp

/// 16 lanes of AVX-512 (F, BW, DQ, VL).
struct VecAvx512 {
  static constexpr std::size_t kLanes = 16;
  using Labels = __m512i;
  __m512 v;

  static VecAvx512 load(const float* at) { return {_mm512_load_ps(at)}; }
  static VecAvx512 broadcast(float x) { return {_mm512_set1_ps(x)}; }
  void store(float* at) const { _mm512_store_ps(at, v); }

  friend VecAvx512 operator-(VecAvx512 a, VecAvx512 b) { return {_mm512_sub_ps(a.v, b.v)}; }
  /// c - a * b, fused
  static VecAvx512 fnmadd(VecAvx512 a, VecAvx512 b, VecAvx512 c) {
    return {_mm512_fnmadd_ps(a.v, b.v, c.v)};
  }
  /// c + a * b, fused
  static VecAvx512 fmadd(VecAvx512 a, VecAvx512 b, VecAvx512 c) {
    return {_mm512_fmadd_ps(a.v, b.v, c.v)};
  }
  static VecAvx512 min(VecAvx512 a, VecAvx512 b) { return {_mm512_min_ps(a.v, b.v)}; }
  static VecAvx512 max(VecAvx512 a, VecAvx512 b) { return {_mm512_max_ps(a.v, b.v)}; }

  /// Positions in a table, one per lane.
  using Index = __m512i;
  static Index index(const std::uint16_t* at) {
    return _mm512_cvtepu16_epi32(_mm256_load_si256(reinterpret_cast<const __m256i*>(at)));
  }
  static Index index(const std::int32_t* at) { return _mm512_load_si512(at); }
  static Index index(const std::uint8_t* at) {
    return _mm512_cvtepu8_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(at)));
  }
  /// Of two bytes each.
  static Index index(const std::uint8_t* low, const std::uint8_t* high) {
    return _mm512_or_si512(index(low), _mm512_slli_epi32(index(high), 8));
  }
  /// x where positions differ, else 0.
  static VecAvx512 where_unequal(Index a, Index b, float x) {
    return {_mm512_maskz_mov_ps(_mm512_cmpneq_epi32_mask(a, b), _mm512_set1_ps(x))};
  }
  /// Entries of a table anywhere in memory.
  static VecAvx512 gather(const float* table, Index at) {
    return {_mm512_i32gather_ps(at, table, 4)};
  }
  /// Entries of an aligned table of 16, which stays in registers.
  static VecAvx512 lookup(const float* table, Index at) {
    return {_mm512_permutexvar_ps(at, _mm512_load_ps(table))};
  }
  /// Likewise of 32.
  static VecAvx512 lookup_two(const float* table, Index at) {
    return {_mm512_permutex2var_ps(_mm512_load_ps(table), at, _mm512_load_ps(table + 16))};
  }

  static VecAvx512 sqrt(VecAvx512 a) { return {_mm512_sqrt_ps(a.v)}; }
  friend VecAvx512 operator+(VecAvx512 a, VecAvx512 b) { return {_mm512_add_ps(a.v, b.v)}; }
  friend VecAvx512 operator*(VecAvx512 a, VecAvx512 b) { return {_mm512_mul_ps(a.v, b.v)}; }
  /// Bit i: whether lane i of a is at least that of b.
  static std::uint64_t at_least(VecAvx512 a, VecAvx512 b) {
    return _mm512_cmp_ps_mask(a.v, b.v, _CMP_GE_OQ);
  }
  /// Bit i: whether a[i] differs from b[i].
  static std::uint64_t differ(const std::int32_t* a, const std::uint16_t* b) {
    return _mm512_cmpneq_epi32_mask(_mm512_load_si512(a), index(b));
  }

  /// How to bring the lanes named by bits together, in their order.
  using Compression = __mmask16;
  static Compression compression(std::uint64_t bits) { return static_cast<__mmask16>(bits); }
  /// At any address; writes all lanes, those after the chosen ones with anything.
  static void store_compressed(VecAvx512 x, Compression compression, float* at) {
    _mm512_storeu_ps(at, _mm512_maskz_compress_ps(compression, x.v));
  }
  /// Rounded to the nearest integers, ties to even: lane i of column c to at[i * stride + c].
  static void store_rounded_rows(const VecAvx512 (&columns)[kLanes], std::int32_t* at,
                                 std::size_t stride) {
    __m512i a[kLanes];
    __m512i b[kLanes];
    for (std::size_t c = 0; c < kLanes; ++c) {
      a[c] = _mm512_cvtps_epi32(columns[c].v);
    }
    for (std::size_t c = 0; c < kLanes; c += 2) {
      b[c] = _mm512_unpacklo_epi32(a[c], a[c + 1]);
      b[c + 1] = _mm512_unpackhi_epi32(a[c], a[c + 1]);
    }
    for (std::size_t c = 0; c < kLanes; c += 4) {  // 4 x 4 in each quarter of the registers
      a[c] = _mm512_unpacklo_epi64(b[c], b[c + 2]);
      a[c + 1] = _mm512_unpackhi_epi64(b[c], b[c + 2]);
      a[c + 2] = _mm512_unpacklo_epi64(b[c + 1], b[c + 3]);
      a[c + 3] = _mm512_unpackhi_epi64(b[c + 1], b[c + 3]);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      // quarter q of a[4 g + i]: columns 4 g ... of row 4 q + i
      const __m512i even_low = _mm512_shuffle_i32x4(a[i], a[4 + i], 0x88);
      const __m512i odd_low = _mm512_shuffle_i32x4(a[i], a[4 + i], 0xDD);
      const __m512i even_high = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0x88);
      const __m512i odd_high = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0xDD);
      _mm512_store_si512(at + i * stride, _mm512_shuffle_i32x4(even_low, even_high, 0x88));
      _mm512_store_si512(at + (4 + i) * stride, _mm512_shuffle_i32x4(odd_low, odd_high, 0x88));
      _mm512_store_si512(at + (8 + i) * stride, _mm512_shuffle_i32x4(even_low, even_high, 0xDD));
      _mm512_store_si512(at + (12 + i) * stride, _mm512_shuffle_i32x4(odd_low, odd_high, 0xDD));
    }
  }

  static Labels label(std::int32_t x) { return _mm512_set1_epi32(x); }
  static void store(Labels labels, std::int32_t* at) { _mm512_store_si512(at, labels); }
  /// Where candidate < best, replaces both best and its label.
  static void take_lesser(VecAvx512 candidate, Labels its_label, VecAvx512& best, Labels& label) {
    const __mmask16 less = _mm512_cmp_ps_mask(candidate.v, best.v, _CMP_LT_OQ);
    label = _mm512_mask_mov_epi32(label, less, its_label);
    best.v = _mm512_min_ps(candidate.v, best.v);
  }
};

}  // namespace
}  // namespace tessera::simd

#pragma GCC diagnostic pop

#endif
