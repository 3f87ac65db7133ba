#include "tessera/numeric/exact_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "support/world.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::numeric {
namespace {

using test::world;

std::vector<double> wild_values(std::uint64_t count) {
  const Random random(3, 0);
  std::vector<double> values;
  for (std::uint64_t i = 0; i < count; ++i) {
    values.push_back((random.uniform(i, 0) - 0.5) * std::pow(10, 12 * random.uniform(i, 1)));
  }
  return values;
}

double sum_of(const std::vector<double>& values) {
  ExactSum sum(1e12);
  for (const double value : values) {
    sum.add(value);
  }
  return sum.value();
}

TEST(ExactSum, DoesNotDependOnTheOrder) {
  std::vector<double> values = wild_values(10'000);
  const double sum = sum_of(values);
  std::ranges::sort(values);
  EXPECT_EQ(sum, sum_of(values));
  std::ranges::reverse(values);
  EXPECT_EQ(sum, sum_of(values));
}

TEST(ExactSum, AgreesWithLongDouble) {
  const std::vector<double> values = wild_values(10'000);
  long double expected = 0;
  for (const double value : values) {
    expected += value;
  }
  EXPECT_NEAR(sum_of(values), static_cast<double>(expected), 1e-3);  // 1e12 * 2^-61 each, at most
}

TEST(ExactSum, IsTheSameOnAnyRanks) {
  const std::vector<double> values = wild_values(1'003);
  const comm::Share share = comm::share_of(values.size(), world().rank(), world().size());
  std::vector<ExactSum> sums(2, ExactSum(1e12));
  for (std::uint64_t i = share.first; i < share.first + share.count; ++i) {
    sums[0].add(values[i]);
    sums[1].add(-values[i]);
  }
  ExactSum::all_reduce(world(), sums);
  EXPECT_EQ(sums[0].value(), sum_of(values));
  EXPECT_EQ(sums[1].value(), -sum_of(values));
}

TEST(ExactSum, AddsManyAtOnceAsOneByOne) {
  std::vector<double> values = wild_values(1'003);
  for (const double tie : {0.5, 1.5, -2.5, 0x1.0p31 + 0.5, -0x1.0p31 - 1.5, 0x1.8p31}) {
    values.push_back(tie * 0x1.0p-21);  // 1e12 is below 2^40: 2^-21 is the unit
  }
  values.push_back(1e12);
  values.push_back(-1e12);
  ExactSum one_by_one(1e12);
  ExactSum thrice(1e12);
  for (const double value : values) {
    one_by_one.add(value);
    thrice.add(value, 3);
  }
  ExactSum at_once(1e12);
  at_once.add_all(values.size(), [&](std::size_t i) TESSERA_INLINE { return values[i]; });
  one_by_one -= at_once;
  EXPECT_EQ(one_by_one.value(), 0.0);
  for (int i = 0; i < 3; ++i) {
    thrice -= at_once;
  }
  EXPECT_EQ(thrice.value(), 0.0);
}

TEST(ExactSum, AddsByGroup) {
  std::vector<double> values = wild_values(1'003);
  values[17] = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::int32_t> groups;
  std::vector<ExactSum> expected(3, ExactSum(1e12));
  for (std::size_t i = 0; i < values.size(); ++i) {
    groups.push_back(static_cast<std::int32_t>(i * i % 3));
    if (i != 17) {
      expected[static_cast<std::size_t>(groups[i])].add(values[i]);
    }
  }
  std::vector<ExactSum> sums(3, ExactSum(1e12));
  ExactSum::add_by_group(values, groups, sums);
  for (std::size_t g = 0; g < sums.size(); ++g) {
    expected[g] -= sums[g];
    EXPECT_EQ(expected[g].value(), 0.0) << g;
  }
}

TEST(ExactSum, HoldsManyLargestValues) {
  ExactSum sum(1.0);
  for (int i = 0; i < 1'000'000; ++i) {
    sum.add(1.0);
  }
  EXPECT_EQ(sum.value(), 1e6);
}

TEST(ExactSum, OfZerosIsZero) {
  ExactSum sum(0.0);
  sum.add(0.0);
  EXPECT_EQ(sum.value(), 0.0);
}

TEST(ExactSum, HoldsTheLeastAndTheLargestDoubles) {
  for (const double value : {0x1p-1074, 0x1p-1030, 0x1p-970, 0x1p900, 0x1p1022}) {
    ExactSum sum(value);
    sum.add(value);
    sum.add(-value / 2);
    sum.add(value);
    EXPECT_EQ(sum.value() - value, value - value / 2);
  }
}

TEST(FixedPoint, NeverOverflowsAndIsFineWhereItCan) {
  for (const double largest : {1e-3, 1.0, 300.0, 1e6}) {
    for (const std::uint64_t count : {1ULL, 1000ULL, 5'000'000'000ULL}) {
      const FixedPoint format = FixedPoint::for_sum(largest, count);
      const double sum = static_cast<double>(format.quantise(largest)) * static_cast<double>(count);
      EXPECT_LT(sum, 0x1.0p62);
    }
  }
  EXPECT_EQ(FixedPoint::for_sum(4, 1'000'000).bits(), 39);  // 62 - 3 - 20
}

TEST(FixedPoint, RoundsToNearest) {
  const FixedPoint format = FixedPoint::for_sum(1, 1);
  EXPECT_EQ(format.value(format.quantise(0.25)), 0.25);
  EXPECT_NEAR(format.value(format.quantise(-0.1)), -0.1, 0x1.0p-60);
}

}  // namespace
}  // namespace tessera::numeric
