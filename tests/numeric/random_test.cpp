#include "tessera/numeric/random.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tessera::numeric {
namespace {

// Known answer of Philox4x32-10 from Random123's kat_vectors: all counters and keys 0 give
// 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
TEST(Random, IsPhilox) { EXPECT_EQ(Random(0, 0).bits(0, 0), 0xe169c58d6627e8d5U); }

TEST(Random, DependsOnEveryArgument) {
  const std::uint64_t base = Random(1, 2).bits(3, 4);
  EXPECT_NE(base, Random(2, 2).bits(3, 4));
  EXPECT_NE(base, Random(1, 3).bits(3, 4));
  EXPECT_NE(base, Random(1, 2).bits(4, 4));
  EXPECT_NE(base, Random(1, 2).bits(3, 5));
  EXPECT_NE(base, Random(std::uint64_t{1} << 40U, 2).bits(3, 4));
  EXPECT_NE(base, Random(1, 2).bits(std::uint64_t{1} << 40U, 4));
}

TEST(Random, IsUniform) {
  const Random random(7, 1);
  double sum = 0;
  double squares = 0;
  constexpr int kCount = 100'000;
  for (int row = 0; row < kCount; ++row) {
    const double u = random.uniform(static_cast<std::uint64_t>(row), 0);
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / kCount, 0.5, 4 * std::sqrt(1.0 / 12 / kCount));
  EXPECT_NEAR(squares / kCount, 1.0 / 3, 0.005);
}

TEST(KeyedRandom, IsUniformAndDiffersByWhatItIsFor) {
  const Random random(7, 1);
  const KeyedRandom one = random.keyed(0, 0);
  const KeyedRandom other = random.keyed(1, 0);
  double sum = 0;
  double product = 0;
  constexpr int kCount = 100'000;
  for (std::uint64_t key = 0; key < kCount; ++key) {
    const double u = one.uniform(mix(key));
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    product += (u - 0.5) * (other.uniform(mix(key)) - 0.5);
  }
  EXPECT_NEAR(sum / kCount, 0.5, 4 * std::sqrt(1.0 / 12 / kCount));
  EXPECT_NEAR(product / kCount, 0, 4.0 / 12 / std::sqrt(kCount));
}

TEST(Exponential, IsMinusTheLogarithm) {
  EXPECT_EQ(exponential(0), 0);
  for (double at = 0x1.0p-52; at < 1 - 0x1.0p-52; at = at < 0.5 ? 1.7 * at : (1 + at) / 2) {
    const double u = std::floor(at * 0x1.0p52) * 0x1.0p-52;  // as KeyedRandom::uniform
    const double expected = -std::log1p(-u);
    EXPECT_NEAR(exponential(u), expected, 1e-9 * expected);
    EXPECT_GE(exponential(u), u * (1 - 1e-12));  // what draw_rows relies on
  }
}

TEST(Random, BelowStaysBelowAndReachesAll) {
  const Random random(7, 1);
  bool seen[5] = {};
  for (std::uint64_t row = 0; row < 200; ++row) {
    const std::uint64_t value = random.below(5, row, 0);
    ASSERT_LT(value, 5U);
    seen[value] = true;
  }
  for (const bool value : seen) {
    EXPECT_TRUE(value);
  }
  EXPECT_EQ(random.below(1, 0, 0), 0U);
}

}  // namespace
}  // namespace tessera::numeric
