// The emulated fused multiply-add against the processor's or the C library's.
#include "tessera/simd/vec.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>

namespace tessera::simd {
namespace {

float any_float(std::mt19937_64& random) {
  const auto bits = static_cast<std::uint32_t>(random());
  const auto value = std::bit_cast<float>(bits);
  return std::isfinite(value) ? value : 1.0F;
}

TEST(FusedMultiplyAdd, IsRoundedOnce) {
  std::mt19937_64 random(11);
  for (std::uint64_t row = 0; row < 300'000; ++row) {
    const float a = any_float(random);
    const float b = any_float(random);
    // half of the addends nearly cancel the product, where double rounding would show
    const float c =
        row % 2 == 0
            ? any_float(random)
            : -(a * b) * (1 + 0x1.0p-20F * static_cast<float>(random() >> 40U) * 0x1.0p-24F);
    if (!std::isfinite(c)) {
      continue;  // features and centroids are finite
    }
    const float expected = std::fma(a, b, c);
    const float found = fused_multiply_add(a, b, c);
    ASSERT_TRUE(std::bit_cast<std::uint32_t>(expected) == std::bit_cast<std::uint32_t>(found) ||
                (std::isnan(expected) && std::isnan(found)))
        << a << " * " << b << " + " << c << ": " << found << " instead of " << expected;
  }
}

TEST(FusedMultiplyAdd, MeetsATieThatDoubleRoundingGetsWrong) {
  // the exact result lies just above the middle of two floats; rounding it to double first loses
  // the "just above"
  const float a = 1.0F + 0x1.0p-12F;
  const float c = 0x1.0p-60F;
  EXPECT_EQ(fused_multiply_add(a, a, c), std::fma(a, a, c));
  EXPECT_EQ(fused_multiply_add(a, a, -c), std::fma(a, a, -c));
}

}  // namespace
}  // namespace tessera::simd
