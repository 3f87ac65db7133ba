/// \file
/// Vectors of 32-bit integers and pairs of 16-bit ones, beside vec.hpp: see there for how such
/// files are included. Nothing without AVX-512 and VNNI.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tessera/simd/vec.hpp"

// As in vec.hpp.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace tessera::simd {
namespace {  // NOLINT(google-build-namespaces): see vec.hpp

#if defined(__AVX512VNNI__)
/// 16 lanes of 32-bit integers, of AVX-512 with VNNI.
struct IntsAvx512 {
  static constexpr std::size_t kLanes = VecAvx512::kLanes;
  __m512i v;

  static IntsAvx512 load(const std::int32_t* at) { return {_mm512_load_si512(at)}; }
  static IntsAvx512 broadcast(std::int32_t x) { return {_mm512_set1_epi32(x)}; }
  void store(std::int32_t* at) const { _mm512_store_si512(at, v); }

  /// Rounded to the nearest integers, ties to even.
  static IntsAvx512 rounded(VecAvx512 a) { return {_mm512_cvtps_epi32(a.v)}; }
  /// The same of 16 bits: a in the lower halves, b in the upper ones.
  static IntsAvx512 rounded_pairs(VecAvx512 a, VecAvx512 b) {
    const __m512i upper = _mm512_slli_epi32(_mm512_cvtps_epi32(b.v), 16);
    return {_mm512_mask_blend_epi16(0xAAAAAAAA, _mm512_cvtps_epi32(a.v), upper)};
  }
  /// sum + the products of the lower halves + those of the upper ones, modulo 2^32
  static IntsAvx512 add_products(IntsAvx512 a, IntsAvx512 b, IntsAvx512 sum) {
    // g++ 12 copies the sums around its intrinsic
    __asm__("vpdpwssd %2, %1, %0" : "+v"(sum.v) : "v"(a.v), "v"(b.v));
    return sum;
  }
  static IntsAvx512 min(IntsAvx512 a, IntsAvx512 b) { return {_mm512_min_epi32(a.v, b.v)}; }
  static IntsAvx512 max(IntsAvx512 a, IntsAvx512 b) { return {_mm512_max_epi32(a.v, b.v)}; }
  /// Where candidate < best, replaces both best and its label.
  static void take_lesser(IntsAvx512 candidate, IntsAvx512 its_label, IntsAvx512& best,
                          IntsAvx512& label) {
    const __mmask16 less = _mm512_cmplt_epi32_mask(candidate.v, best.v);
    label.v = _mm512_mask_mov_epi32(label.v, less, its_label.v);
    best.v = _mm512_min_epi32(candidate.v, best.v);
  }
  /// Bit i: whether lane i of `above`, which is at least that of `below`, is so by at most `most`.
  static std::uint64_t within(IntsAvx512 below, IntsAvx512 above, std::uint32_t most) {
    return _mm512_cmple_epu32_mask(_mm512_sub_epi32(above.v, below.v),
                                   _mm512_set1_epi32(static_cast<std::int32_t>(most)));
  }
};
#endif

}  // namespace
}  // namespace tessera::simd

#pragma GCC diagnostic pop
