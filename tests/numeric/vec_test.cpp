// The emulated fused multiply-add against the processor's or the C library's.
#include "tessera/numeric/vec.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "tessera/numeric/random.hpp"

namespace tessera::numeric {
namespace {

float any_float(const Random& random, std::uint64_t row, std::uint32_t draw) {
  const auto bits = static_cast<std::uint32_t>(random.bits(row, draw));
  const auto value = std::bit_cast<float>(bits);
  return std::isfinite(value) ? value : 1.0F;
}

TEST(FusedMultiplyAdd, IsRoundedOnce) {
  const Random random(11, 0);
  for (std::uint64_t row = 0; row < 300'000; ++row) {
    const float a = any_float(random, row, 0);
    const float b = any_float(random, row, 1);
    // half of the addends nearly cancel the product, where double rounding would show
    const float c = row % 2 == 0
                        ? any_float(random, row, 2)
                        : -(a * b) * (1 + 0x1.0p-20F * static_cast<float>(random.uniform(row, 3)));
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
}  // namespace tessera::numeric
