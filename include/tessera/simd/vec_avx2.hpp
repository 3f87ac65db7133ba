/// \file
/// The vectors of AVX2 and FMA. See vec.hpp.
#pragma once

#if defined(__AVX2__) && defined(__FMA__)

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

/// 8 lanes of AVX2 and FMA.
struct VecAvx2 {
  static constexpr std::size_t kLanes = 8;
  using Labels = __m256i;
  __m256 v;

  static VecAvx2 load(const float* at) { return {_mm256_load_ps(at)}; }
  static VecAvx2 broadcast(float x) { return {_mm256_set1_ps(x)}; }
  void store(float* at) const { _mm256_store_ps(at, v); }

  friend VecAvx2 operator-(VecAvx2 a, VecAvx2 b) { return {_mm256_sub_ps(a.v, b.v)}; }
  static VecAvx2 fnmadd(VecAvx2 a, VecAvx2 b, VecAvx2 c) {
    return {_mm256_fnmadd_ps(a.v, b.v, c.v)};
  }
  static VecAvx2 fmadd(VecAvx2 a, VecAvx2 b, VecAvx2 c) { return {_mm256_fmadd_ps(a.v, b.v, c.v)}; }
  static VecAvx2 min(VecAvx2 a, VecAvx2 b) { return {_mm256_min_ps(a.v, b.v)}; }
  static VecAvx2 max(VecAvx2 a, VecAvx2 b) { return {_mm256_max_ps(a.v, b.v)}; }

  using Index = __m256i;
  static Index index(const std::uint16_t* at) {
    return _mm256_cvtepu16_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(at)));
  }
  static Index index(const std::int32_t* at) {
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(at));
  }
  static Index index(const std::uint8_t* at) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(at)));
  }
  static Index index(const std::uint8_t* low, const std::uint8_t* high) {
    return _mm256_or_si256(index(low), _mm256_slli_epi32(index(high), 8));
  }
  static VecAvx2 where_unequal(Index a, Index b, float x) {
    const __m256 equal = _mm256_castsi256_ps(_mm256_cmpeq_epi32(a, b));
    return {_mm256_andnot_ps(equal, _mm256_set1_ps(x))};
  }
  static VecAvx2 gather(const float* table, Index at) {
    return {_mm256_i32gather_ps(table, at, 4)};
  }
  static VecAvx2 lookup(const float* table, Index at) {
    const __m256 low = _mm256_permutevar8x32_ps(_mm256_load_ps(table), at);
    const __m256 high = _mm256_permutevar8x32_ps(_mm256_load_ps(table + 8), at);
    const __m256i is_high = _mm256_slli_epi32(at, 28);  // bit 3 becomes the sign
    return {_mm256_blendv_ps(low, high, _mm256_castsi256_ps(is_high))};
  }
  static VecAvx2 lookup_two(const float* table, Index at) {
    const __m256i is_high = _mm256_slli_epi32(at, 27);  // bit 4
    return {_mm256_blendv_ps(lookup(table, at).v, lookup(table + 16, at).v,
                             _mm256_castsi256_ps(is_high))};
  }

  static VecAvx2 sqrt(VecAvx2 a) { return {_mm256_sqrt_ps(a.v)}; }
  friend VecAvx2 operator+(VecAvx2 a, VecAvx2 b) { return {_mm256_add_ps(a.v, b.v)}; }
  friend VecAvx2 operator*(VecAvx2 a, VecAvx2 b) { return {_mm256_mul_ps(a.v, b.v)}; }
  static std::uint64_t at_least(VecAvx2 a, VecAvx2 b) {
    return static_cast<std::uint64_t>(_mm256_movemask_ps(_mm256_cmp_ps(a.v, b.v, _CMP_GE_OQ)));
  }
  static std::uint64_t differ(const std::int32_t* a, const std::uint16_t* b) {
    const __m256i same = _mm256_cmpeq_epi32(index(a), index(b));
    return static_cast<std::uint64_t>(_mm256_movemask_ps(_mm256_castsi256_ps(same))) ^ 0xFFU;
  }

  using Compression = __m256i;
  static Compression compression(std::uint64_t bits) {
    alignas(32) std::int32_t lanes[kLanes] = {};
    std::size_t count = 0;
    for (; bits != 0; bits &= bits - 1) {
      lanes[count++] = __builtin_ctzll(bits);
    }
    return index(lanes);
  }
  static void store_compressed(VecAvx2 x, Compression compression, float* at) {
    _mm256_storeu_ps(at, _mm256_permutevar8x32_ps(x.v, compression));
  }
  static void store_rounded_rows(const VecAvx2 (&columns)[kLanes], std::int32_t* at,
                                 std::size_t stride) {
    __m256i a[kLanes];
    __m256i b[kLanes];
    for (std::size_t c = 0; c < kLanes; ++c) {
      a[c] = _mm256_cvtps_epi32(columns[c].v);
    }
    for (std::size_t c = 0; c < kLanes; c += 2) {
      b[c] = _mm256_unpacklo_epi32(a[c], a[c + 1]);
      b[c + 1] = _mm256_unpackhi_epi32(a[c], a[c + 1]);
    }
    for (std::size_t c = 0; c < kLanes; c += 4) {  // 4 x 4 in each half of the registers
      a[c] = _mm256_unpacklo_epi64(b[c], b[c + 2]);
      a[c + 1] = _mm256_unpackhi_epi64(b[c], b[c + 2]);
      a[c + 2] = _mm256_unpacklo_epi64(b[c + 1], b[c + 3]);
      a[c + 3] = _mm256_unpackhi_epi64(b[c + 1], b[c + 3]);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      _mm256_store_si256(reinterpret_cast<__m256i*>(at + i * stride),
                         _mm256_permute2x128_si256(a[i], a[4 + i], 0x20));
      _mm256_store_si256(reinterpret_cast<__m256i*>(at + (4 + i) * stride),
                         _mm256_permute2x128_si256(a[i], a[4 + i], 0x31));
    }
  }

  static Labels label(std::int32_t x) { return _mm256_set1_epi32(x); }
  static void store(Labels labels, std::int32_t* at) {
    _mm256_store_si256(reinterpret_cast<__m256i*>(at), labels);
  }
  static void take_lesser(VecAvx2 candidate, Labels its_label, VecAvx2& best, Labels& label) {
    const __m256 less = _mm256_cmp_ps(candidate.v, best.v, _CMP_LT_OQ);
    label = _mm256_castps_si256(
        _mm256_blendv_ps(_mm256_castsi256_ps(label), _mm256_castsi256_ps(its_label), less));
    best.v = _mm256_min_ps(candidate.v, best.v);
  }
};

}  // namespace
}  // namespace tessera::simd

#pragma GCC diagnostic pop

#endif
