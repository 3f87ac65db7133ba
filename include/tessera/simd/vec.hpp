/// \file
/// Vectors of single-precision lanes, one type per instruction set, all with the same operations
/// and the same bits: an operation on a lane is the IEEE 754 operation, and multiply-adds are fused
/// everywhere (emulated exactly where the processor has none). Intrinsics stand here, in ints.hpp
/// and in byte_scan.hpp alone.
///
/// A translation unit that includes this file is compiled for one instruction set; the types it
/// cannot offer are left out. Everything is internal to the unit, so that no code compiled for a
/// better processor is ever shared with one for a lesser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

// Without optimisation the intrinsics are macros, whose casts are not ours.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace tessera::simd {
namespace {  // NOLINT(google-build-namespaces): see the file's comment

#if defined(__AVX512F__)
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
#endif

#if defined(__AVX2__) && defined(__FMA__)
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
#endif

/// a * b + c rounded once, for processors without a fused multiply-add. The product of two floats
/// is exact in double; the sum is rounded to odd there, so that the rounding to float is the only
/// one that counts (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums", IEEE
/// Transactions on Computers 57(4), 2008). Plain arithmetic: the compiler can vectorise it.
inline float fused_multiply_add(float a, float b, float c) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_fmaf(a, b, c);
#else
  const double product = static_cast<double>(a) * static_cast<double>(b);
  const double addend = static_cast<double>(c);
  double sum = product + addend;
  const double part = sum - product;
  const double error = (product - (sum - part)) + (addend - part);
  std::uint64_t bits = 0;
  std::uint64_t error_bits = 0;
  std::memcpy(&bits, &sum, sizeof bits);
  std::memcpy(&error_bits, &error, sizeof error_bits);
  if (error != 0) {
    bits -= (bits ^ error_bits) >> 63U;  // rounded away from zero: step back
    bits |= 1U;
  }
  std::memcpy(&sum, &bits, sizeof sum);
  return static_cast<float>(sum);
#endif
}

/// 8 lanes in plain C++, for any processor.
struct VecPortable {
  static constexpr std::size_t kLanes = 8;
  struct Labels {
    std::int32_t v[kLanes];
  };
  float v[kLanes];

  static VecPortable load(const float* at) {
    VecPortable r;
    std::memcpy(r.v, at, sizeof r.v);
    return r;
  }
  static VecPortable broadcast(float x) {
    VecPortable r;
    for (float& lane : r.v) {
      lane = x;
    }
    return r;
  }
  void store(float* at) const { std::memcpy(at, v, sizeof v); }

  friend VecPortable operator-(VecPortable a, VecPortable b) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      a.v[i] -= b.v[i];
    }
    return a;
  }
  static VecPortable fnmadd(VecPortable a, VecPortable b, VecPortable c) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      c.v[i] = fused_multiply_add(-a.v[i], b.v[i], c.v[i]);
    }
    return c;
  }
  static VecPortable fmadd(VecPortable a, VecPortable b, VecPortable c) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      c.v[i] = fused_multiply_add(a.v[i], b.v[i], c.v[i]);
    }
    return c;
  }
  static VecPortable min(VecPortable a, VecPortable b) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      a.v[i] = a.v[i] < b.v[i] ? a.v[i] : b.v[i];
    }
    return a;
  }
  static VecPortable max(VecPortable a, VecPortable b) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      a.v[i] = a.v[i] > b.v[i] ? a.v[i] : b.v[i];
    }
    return a;
  }

  using Index = Labels;
  static Index index(const std::uint16_t* at) {
    Index r;
    for (std::size_t i = 0; i < kLanes; ++i) {
      r.v[i] = at[i];
    }
    return r;
  }
  static Index index(const std::int32_t* at) {
    Index r;
    std::memcpy(r.v, at, sizeof r.v);
    return r;
  }
  static Index index(const std::uint8_t* at) {
    Index r;
    for (std::size_t i = 0; i < kLanes; ++i) {
      r.v[i] = at[i];
    }
    return r;
  }
  static Index index(const std::uint8_t* low, const std::uint8_t* high) {
    Index r;
    for (std::size_t i = 0; i < kLanes; ++i) {
      r.v[i] = low[i] | high[i] << 8;
    }
    return r;
  }
  static VecPortable where_unequal(const Index& a, const Index& b, float x) {
    VecPortable r;
    for (std::size_t i = 0; i < kLanes; ++i) {
      r.v[i] = a.v[i] == b.v[i] ? 0 : x;
    }
    return r;
  }
  static VecPortable gather(const float* table, const Index& at) {
    VecPortable r;
    for (std::size_t i = 0; i < kLanes; ++i) {
      r.v[i] = table[at.v[i]];
    }
    return r;
  }
  static VecPortable lookup(const float* table, const Index& at) { return gather(table, at); }
  static VecPortable lookup_two(const float* table, const Index& at) { return gather(table, at); }

  static VecPortable sqrt(VecPortable a) {
    for (float& lane : a.v) {
      lane = __builtin_sqrtf(lane);
    }
    return a;
  }
  friend VecPortable operator+(VecPortable a, VecPortable b) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      a.v[i] += b.v[i];
    }
    return a;
  }
  friend VecPortable operator*(VecPortable a, VecPortable b) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      a.v[i] *= b.v[i];
    }
    return a;
  }
  static std::uint64_t at_least(VecPortable a, VecPortable b) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kLanes; ++i) {
      bits |= std::uint64_t{a.v[i] >= b.v[i]} << i;
    }
    return bits;
  }
  static std::uint64_t differ(const std::int32_t* a, const std::uint16_t* b) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < kLanes; ++i) {
      bits |= std::uint64_t{a[i] != b[i]} << i;
    }
    return bits;
  }

  using Compression = std::uint64_t;
  static Compression compression(std::uint64_t bits) { return bits; }
  static void store_compressed(VecPortable x, Compression compression, float* at) {
    for (; compression != 0; compression &= compression - 1) {
      *at++ = x.v[__builtin_ctzll(compression)];
    }
  }
  static void store_rounded_rows(const VecPortable (&columns)[kLanes], std::int32_t* at,
                                 std::size_t stride) {
    for (std::size_t c = 0; c < kLanes; ++c) {
      for (std::size_t i = 0; i < kLanes; ++i) {
        at[i * stride + c] = static_cast<std::int32_t>(__builtin_lrintf(columns[c].v[i]));
      }
    }
  }

  static Labels label(std::int32_t x) {
    Labels r;
    for (std::int32_t& lane : r.v) {
      lane = x;
    }
    return r;
  }
  static void store(const Labels& labels, std::int32_t* at) {
    std::memcpy(at, labels.v, sizeof labels.v);
  }
  static void take_lesser(VecPortable candidate, const Labels& its_label, VecPortable& best,
                          Labels& label) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const bool less = candidate.v[i] < best.v[i];
      label.v[i] = less ? its_label.v[i] : label.v[i];
      best.v[i] = less ? candidate.v[i] : best.v[i];
    }
  }
};

}  // namespace
}  // namespace tessera::simd

#pragma GCC diagnostic pop
