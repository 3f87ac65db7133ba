// Sums of decimals against whole numbers of cents, and the nearest double.
#include "tessera/numeric/decimal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "support/world.hpp"

namespace tessera {
namespace {

using numeric::Decimal;

double sum_of(const std::vector<double>& values) {
  Decimal sum;
  for (const double value : values) {
    sum += Decimal::of(value);
  }
  return sum.value();
}

TEST(Decimal, SumsOfDecimalsAreThoseOfPaper) {
  EXPECT_EQ(sum_of({0.1, 0.2, -0.3}), 0);
  EXPECT_EQ(sum_of({0.1, 0.7}), 0.8);
  EXPECT_EQ(sum_of({1.10, 2.20, 3.30}), 6.60);
  EXPECT_EQ(sum_of({0.000001, 0.000002}), 0.000003);
  EXPECT_EQ(sum_of({9'007'199'254.74, 0.01}), 9'007'199'254.75);  // too large for six decimals
  EXPECT_EQ(sum_of({-90'071'992'547.41, 90'071'992'547.42}), 0.01);
  EXPECT_EQ(sum_of({999'999'999'999'999, 0.01, -999'999'999'999'999}), 0.01);
  EXPECT_EQ(sum_of({}), 0);
}

TEST(Decimal, AValueComesBack) {
  for (const double value : {0.01, -19.99, 1e15, -1e15, 123'456'789.012345, 0x1.0p-20, 1.0 / 1024,
                             35.0 / 8, 1e-6, 2.5e-12, 1e-30, 0.0}) {
    EXPECT_NEAR(sum_of({value}), value, 0.5e-12 + 1e-16 * std::fabs(value)) << value;
  }
  // binary fractions of few digits are exact, decimals or not
  EXPECT_EQ(sum_of({0x1.0p-12}), 0x1.0p-12);
  EXPECT_EQ(sum_of({1.0 / 3, -1.0 / 3}), 0);
  EXPECT_EQ(sum_of({0.5e-12}), 0);  // ties to even
  EXPECT_EQ(sum_of({1.5e-12}), 2e-12);
}

TEST(Decimal, ManyCents) {
  std::mt19937_64 random(3);
  std::uniform_int_distribution<std::int64_t> draw(-10'000'000, 10'000'000);
  Decimal sum;
  std::int64_t cents = 0;
  for (int i = 0; i < 100'000; ++i) {
    const std::int64_t amount = draw(random);
    cents += amount;
    sum += Decimal::of(static_cast<double>(amount) / 100);
    ASSERT_EQ(sum.value(), static_cast<double>(cents) / 100);
  }
}

TEST(Decimal, ProductsAreThoseOfPaperToo) {
  Decimal sum;
  sum += Decimal::product(3, 0.1);
  sum += Decimal::of(-0.3);
  EXPECT_EQ(sum.value(), 0);
  EXPECT_EQ(Decimal::product(-7, 2.55).value(), -17.85);
  EXPECT_EQ(Decimal::product(0.000001, 0.000001).value(), 1e-12);
  EXPECT_EQ(Decimal::product(1e9, 1e6).value(), 1e15);
  EXPECT_EQ(Decimal::product(1.0 / 3, 3).value(), 1);  // by doubles
  EXPECT_EQ(Decimal::product(5e9, 0.01).value(), 5e7);
}

TEST(Decimal, TheNearestDouble) {
  // 2^53 + 1 lies between two doubles, and so does 2^53 + 1 + 10^-12
  Decimal sum;
  for (int i = 0; i < 10; ++i) {
    sum += Decimal::of(900'719'925'474'099);
  }
  sum += Decimal::of(3);
  EXPECT_EQ(sum.value(), 9'007'199'254'740'992.0);
  sum += Decimal::of(1e-12);
  EXPECT_EQ(sum.value(), 9'007'199'254'740'994.0);
}

TEST(Decimal, OverTheRanks) {
  const auto rank = static_cast<double>(test::world().rank());
  const auto size = static_cast<double>(test::world().size());
  const Decimal all = Decimal::all_sum(test::world(), Decimal::of(rank / 10 - 1'000'000));
  EXPECT_EQ(all.value(), (size * (size - 1) / 2 - 10'000'000 * size) / 10);
}

}  // namespace
}  // namespace tessera
