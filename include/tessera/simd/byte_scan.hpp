/// \file
/// Finding bytes in text, 64 at a time, with the best instructions of the translation unit that
/// includes this file. Everything is internal to the unit, so that no code compiled for a better
/// processor is ever shared with one for a lesser.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

// Without optimisation the intrinsics are macros, whose casts are not ours.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace tessera::simd {

/// Where bytes stand in a block of 64: bit i belongs to byte i.
using ByteMask = std::uint64_t;
inline constexpr std::size_t kScanBytes = 64;

namespace {  // NOLINT(google-build-namespaces): see the file's comment

/// Compares 64 bytes with characters, bytes taken as signed.
class ByteBlock {
 public:
#if defined(__AVX512BW__)
  explicit ByteBlock(const char* at) : bytes_(_mm512_loadu_si512(at)) {}

  [[nodiscard]] ByteMask equal(char c) const {
    return _mm512_cmpeq_epi8_mask(bytes_, _mm512_set1_epi8(c));
  }
  [[nodiscard]] ByteMask at_most(char c) const {
    return _mm512_cmple_epi8_mask(bytes_, _mm512_set1_epi8(c));
  }

 private:
  __m512i bytes_;
#elif defined(__AVX2__)
  explicit ByteBlock(const char* at)
      : low_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at))),
        high_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at) + 1)) {}

  [[nodiscard]] ByteMask equal(char c) const {
    const __m256i all = _mm256_set1_epi8(c);
    return mask_of(_mm256_cmpeq_epi8(low_, all), _mm256_cmpeq_epi8(high_, all));
  }
  [[nodiscard]] ByteMask at_most(char c) const {
    const __m256i all = _mm256_set1_epi8(c);
    return ~mask_of(_mm256_cmpgt_epi8(low_, all), _mm256_cmpgt_epi8(high_, all));
  }

 private:
  [[nodiscard]] static ByteMask mask_of(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           ByteMask{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32U;
  }

  __m256i low_;
  __m256i high_;
#elif defined(__SSE2__)
  explicit ByteBlock(const char* at) {
    for (std::size_t part = 0; part < kParts; ++part) {
      parts_[part] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + part);
    }
  }

  [[nodiscard]] ByteMask equal(char c) const {
    const __m128i all = _mm_set1_epi8(c);
    return mask_of([&](__m128i bytes) { return _mm_cmpeq_epi8(bytes, all); });
  }
  [[nodiscard]] ByteMask at_most(char c) const {
    const __m128i all = _mm_set1_epi8(c);
    return ~mask_of([&](__m128i bytes) { return _mm_cmpgt_epi8(bytes, all); });
  }

 private:
  static constexpr std::size_t kParts = 4;

  template <typename Compare>
  [[nodiscard]] ByteMask mask_of(const Compare& compare) const {
    ByteMask mask = 0;
    for (std::size_t part = 0; part < kParts; ++part) {
      const int hits = _mm_movemask_epi8(compare(parts_[part]));
      mask |= ByteMask{static_cast<std::uint16_t>(hits)} << (16 * part);
    }
    return mask;
  }

  __m128i parts_[kParts];
#else
  explicit ByteBlock(const char* at) : at_(reinterpret_cast<const signed char*>(at)) {}

  [[nodiscard]] ByteMask equal(char c) const {
    ByteMask mask = 0;
    for (std::size_t i = 0; i < kScanBytes; ++i) {
      mask |= ByteMask{at_[i] == static_cast<signed char>(c)} << i;
    }
    return mask;
  }
  [[nodiscard]] ByteMask at_most(char c) const {
    ByteMask mask = 0;
    for (std::size_t i = 0; i < kScanBytes; ++i) {
      mask |= ByteMask{at_[i] <= static_cast<signed char>(c)} << i;
    }
    return mask;
  }

 private:
  const signed char* at_;
#endif
};

/// Words that append_positions() may write, of which it keeps one for each bit.
inline constexpr std::size_t kPositionsAtOnce = kScanBytes + 16;

/// Appends first + i for each bit i of `mask`, in order, with `flag` set where bit i of `flagged`
/// is too. Returns where the next one goes; kPositionsAtOnce words from `out` on are writable.
[[nodiscard]] inline std::uint32_t* append_positions(ByteMask mask, ByteMask flagged,
                                                     std::uint32_t first, std::uint32_t flag,
                                                     std::uint32_t* out) {
#if defined(__AVX512F__)
  const __m512i flags = _mm512_set1_epi32(static_cast<int>(flag));
  __m512i at =
      _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(first)),
                       _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  for (unsigned part = 0; part < kScanBytes / 16; ++part) {
    const auto hits = static_cast<__mmask16>(mask >> (16 * part));
    const auto with_flag = static_cast<__mmask16>(flagged >> (16 * part));
    _mm512_storeu_si512(
        out, _mm512_maskz_compress_epi32(hits, _mm512_mask_or_epi32(at, with_flag, at, flags)));
    out += std::popcount(static_cast<std::uint16_t>(hits));
    at = _mm512_add_epi32(at, _mm512_set1_epi32(16));
  }
#else
  for (; mask != 0; mask &= mask - 1) {
    const auto i = static_cast<std::uint32_t>(std::countr_zero(mask));
    *out++ = (first + i) | (static_cast<std::uint32_t>(flagged >> i & 1U) * flag);
  }
#endif
  return out;
}

}  // namespace
}  // namespace tessera::simd

#pragma GCC diagnostic pop
