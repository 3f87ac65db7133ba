/// \file
/// Vectors in plain C++. See vec.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace tessera::simd {
namespace {  // NOLINT(google-build-namespaces): see vec.hpp

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
