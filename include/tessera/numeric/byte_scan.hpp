/// \file
/// Finding bytes in text, 64 at a time.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tessera::numeric {

/// Where bytes stand in a block of 64: bit i belongs to byte i.
using ByteMask = std::uint64_t;
inline constexpr std::size_t kScanBytes = 64;

/// Compares 64 bytes with some characters. SSE2 is part of x86-64; elsewhere the compiler makes the
/// best of a plain loop.
class ByteBlock {
 public:
  explicit ByteBlock(const char* at) {
#if defined(__SSE2__)
    for (std::size_t part = 0; part < kParts; ++part) {
      parts_[part] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at) + part);
    }
#else
    at_ = at;
#endif
  }

  /// Bytes that are `a` or `b`.
  [[nodiscard]] ByteMask either(char a, char b) const {
    ByteMask mask = 0;
#if defined(__SSE2__)
    const __m128i all_a = _mm_set1_epi8(a);
    const __m128i all_b = _mm_set1_epi8(b);
    for (std::size_t part = 0; part < kParts; ++part) {
      const __m128i hits =
          _mm_or_si128(_mm_cmpeq_epi8(parts_[part], all_a), _mm_cmpeq_epi8(parts_[part], all_b));
      mask |= ByteMask{static_cast<std::uint16_t>(_mm_movemask_epi8(hits))} << (16 * part);
    }
#else
    for (std::size_t i = 0; i < kScanBytes; ++i) {
      mask |= ByteMask{at_[i] == a || at_[i] == b} << i;
    }
#endif
    return mask;
  }

 private:
#if defined(__SSE2__)
  static constexpr std::size_t kParts = 4;
  __m128i parts_[kParts];
#else
  const char* at_;
#endif
};

}  // namespace tessera::numeric
