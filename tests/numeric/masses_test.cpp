// Sums and order statistics by masses, against values that stand as often.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "support/world.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/order_statistic.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::numeric {
namespace {

using test::world;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

template <typename Value>
std::span<const Value> mine(const std::vector<Value>& values) {
  const comm::Share share = comm::share_of(values.size(), world().rank(), world().size());
  return std::span(values).subspan(share.first, share.count);
}

/// Values, some missing and many equal, and masses up to `most`, some 0.
struct Massed {
  std::vector<double> values;
  std::vector<Mass> masses;
  Int128 known = 0;

  Massed(std::uint64_t count, std::uint64_t most, std::uint64_t seed) {
    const Random random(seed, 0);
    for (std::uint64_t i = 0; i < count; ++i) {
      const bool missing = random.below(9, i, 0) == 0 && i > 0;
      values.push_back(missing ? kMissing
                               : std::ldexp(random.uniform(i, 1) - 0.5,
                                            static_cast<int>(random.below(40, i, 2))));
      if (i % 4 == 3) {
        values.back() = std::round(values.back());
      }
      masses.push_back(static_cast<Mass>(random.below(most + 1, i, 3)) + (i == 0 ? 1 : 0));
      known += missing ? 0 : masses.back();
    }
  }
  [[nodiscard]] std::vector<double> repeated() const {
    std::vector<double> all;
    for (std::size_t i = 0; i < values.size(); ++i) {
      all.insert(all.end(), static_cast<std::size_t>(masses[i]), values[i]);
    }
    return all;
  }
};

TEST(MassQuantile, IsThatOfRepeatedValues) {
  for (const std::uint64_t count : {1ULL, 2ULL, 7ULL, 300ULL}) {
    for (const std::uint64_t most : {1ULL, 5ULL, 90ULL}) {
      const Massed table(count, most, count + most);
      const std::vector<double> all = table.repeated();
      const auto known = static_cast<std::uint64_t>(table.known);
      for (const double q : {0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0}) {
        EXPECT_EQ(quantile(world(), mine(table.values), mine(table.masses), table.known, q),
                  quantile(world(), mine(all), known, q))
            << count << " " << most << " " << q;
        EXPECT_EQ(
            quantile(world(), mine(table.values), mine(table.masses), table.known, q, {2, 40}),
            quantile(world(), mine(all), known, q, {2, 40}))
            << count << " " << most << " " << q;
      }
    }
  }
}

TEST(MassQuantile, KnowsPositionsThatNoDoubleHolds) {
  // all alike: the median lies between the two in the middle, as without masses
  const std::vector<double> values = {4, 1, 3, 2};
  const std::vector<Mass> masses(4, (Mass{1} << 60U) + 1);
  const Int128 known = 4 * ((Int128{1} << 60U) + 1);
  EXPECT_EQ(quantile(world(), mine(values), mine(masses), known, 0.5), 2.5);
  EXPECT_EQ(quantile(world(), mine(values), mine(masses), known, 0.25), 1.75);
  EXPECT_EQ(quantile(world(), mine(values), mine(masses), known, 1.0), 4);
  EXPECT_TRUE(std::isnan(quantile(world(), {}, {}, 0, 0.5)));
}

TEST(MassSum, IsThatOfRepeatedValues) {
  const Massed table(500, 40, 3);
  ExactSum by_mass(0x1.0p40, true);
  ExactSum by_value(0x1.0p40);
  const auto values = mine(table.values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (Mass n = 0; n < mine(table.masses)[i] && !std::isnan(values[i]); ++n) {
      by_value.add(values[i]);
    }
  }
  const std::vector<std::int32_t> groups(values.size(), 0);
  ExactSum::add_by_group(values, groups, mine(table.masses), std::span(&by_mass, 1));
  ExactSum::all_reduce(world(), std::span(&by_mass, 1));
  ExactSum::all_reduce(world(), std::span(&by_value, 1));
  EXPECT_EQ(by_mass.value(), by_value.value());
  EXPECT_EQ(by_mass.value(-3), by_value.value() / 8);
}

TEST(MassSum, HoldsTheLargestMassesBesideTheSmallest) {
  constexpr Mass kLargest = Mass{1} << kMassBits;
  const std::vector<double> values = {1, -1, 1, 0.5, -0.5, 0.25};
  const std::vector<Mass> masses = {kLargest, kLargest, 3, kLargest, kLargest, 4};
  std::vector<std::int32_t> groups(mine(values).size(), 0);
  ExactSum sum(1, true);
  for (int n = 0; n < 1000; ++n) {
    ExactSum::add_by_group(mine(values), groups, mine(masses), std::span(&sum, 1));
  }
  ExactSum::all_reduce(world(), std::span(&sum, 1));
  EXPECT_EQ(sum.value(), 4000);
  ExactSum all(1, true);
  for (int n = 0; n < 1 << 10; ++n) {
    all.add_mass(1, kLargest);
  }
  EXPECT_EQ(all.value(), 0x1.0p72);
}

TEST(MassFormat, IsThatOfAsManyValuesWhereTheyAreFew) {
  EXPECT_EQ(FixedPoint::for_masses(7, 1000).bits(), FixedPoint::for_sum(7, 1000).bits());
  EXPECT_EQ(FixedPoint::for_masses(7, kMostAsRows - 1).bits(),
            FixedPoint::for_sum(7, (1ULL << 32U) - 1).bits());
  // beyond, a sum of as many of the largest value fits 126 bits, and each fits 62
  EXPECT_EQ(FixedPoint::for_masses(7, Int128{1} << 50U).bits(), 59);
  EXPECT_EQ(FixedPoint::for_masses(7, Int128{1} << 90U).bits(), 126 - 91 - 3);
}

}  // namespace
}  // namespace tessera::numeric
