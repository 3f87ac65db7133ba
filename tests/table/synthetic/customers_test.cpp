#include "tessera/table/synthetic/customers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

namespace tessera::table {
namespace {

constexpr std::size_t kRows = 20000;

std::size_t index_of(const SyntheticCustomers& customers, const std::string& name) {
  const auto& columns = customers.columns();
  return static_cast<std::size_t>(std::ranges::find(columns, name, &Column::name) -
                                  columns.begin());
}

TEST(SyntheticCustomers, ARowDoesNotDependOnTheOthers) {
  const SyntheticCustomers customers(7, 4);
  SyntheticRows all;
  customers.draw(0, 1000, all);
  SyntheticRows some;
  customers.draw(990, 20, some);
  EXPECT_EQ(some.texts[0].front(), "C000000991");
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(some.texts[0][i], all.texts[0][990 + i]);
    for (std::size_t c = 0; c < customers.columns().size(); ++c) {
      if (customers.columns()[c].is_number()) {
        EXPECT_EQ(std::bit_cast<std::uint64_t>(some.numbers[c][i]),
                  std::bit_cast<std::uint64_t>(all.numbers[c][990 + i]));
      } else if (!all.codes[c].empty()) {
        EXPECT_EQ(some.codes[c][i], all.codes[c][990 + i]);
      }
    }
  }
}

TEST(SyntheticCustomers, SeedsAndSegmentsMakeOtherCustomers) {
  SyntheticRows a;
  SyntheticRows b;
  SyntheticRows c;
  SyntheticCustomers(1, 4).draw(0, 100, a);
  SyntheticCustomers(2, 4).draw(0, 100, b);
  SyntheticCustomers(1, 5).draw(0, 100, c);
  EXPECT_NE(a.numbers.back(), b.numbers.back());
  EXPECT_NE(a.numbers.back(), c.numbers.back());
}

TEST(SyntheticCustomers, ValuesStayInTheirRanges) {
  const SyntheticCustomers customers(3, 6);
  SyntheticRows rows;
  customers.draw(0, kRows, rows);
  const auto numbers = [&](const std::string& name) -> const std::vector<double>& {
    return rows.numbers[index_of(customers, name)];
  };
  std::map<double, std::size_t> segments;
  for (std::size_t i = 0; i < kRows; ++i) {
    ++segments[numbers("segment")[i]];
    const double age = numbers("age")[i];
    EXPECT_TRUE(std::isnan(age) || (age >= 18 && age <= 95 && age == std::floor(age)));
    const double spend = numbers("spend")[i];
    EXPECT_GT(spend, 0);
    EXPECT_EQ(spend, std::round(spend * 100) / 100) << "money has two decimals";
    EXPECT_GE(numbers("orders")[i], 0);
  }
  ASSERT_EQ(segments.size(), 6U);
  EXPECT_EQ(segments.begin()->first, 1);
  EXPECT_EQ(segments.rbegin()->first, 6);
  for (std::size_t c = 0; c < customers.columns().size(); ++c) {
    const Column& column = customers.columns()[c];
    EXPECT_TRUE(std::ranges::is_sorted(column.levels)) << column.name;
    if (column.type == ColumnType::kCategory) {
      const auto [least, most] = std::ranges::minmax_element(rows.codes[c]);
      EXPECT_GE(*least, -1) << column.name;
      EXPECT_EQ(*most, static_cast<std::int32_t>(column.levels.size()) - 1) << column.name;
    }
  }
}

TEST(SyntheticCustomers, SomeValuesAreMissing) {
  const SyntheticCustomers customers(3, 6);
  SyntheticRows rows;
  customers.draw(0, kRows, rows);
  const auto share_missing = [&](const std::string& name) {
    const std::size_t c = index_of(customers, name);
    const auto missing =
        std::ranges::count_if(rows.numbers[c], [](double value) { return std::isnan(value); }) +
        std::ranges::count(rows.codes[c], -1);
    return static_cast<double>(missing) / kRows;
  };
  // five standard deviations of a share of p in n rows are below 0.01
  EXPECT_NEAR(share_missing("satisfaction"), 0.08, 0.01);
  EXPECT_NEAR(share_missing("income"), 0.04, 0.01);
  EXPECT_NEAR(share_missing("channel"), 0.02, 0.01);
  EXPECT_EQ(share_missing("spend"), 0);
  EXPECT_EQ(share_missing("segment"), 0);
}

// One segment: each column has one distribution, so that its shape shows.
TEST(SyntheticCustomers, ShapesAreWhatTheyAreCalled) {
  const SyntheticCustomers customers(11, 1);
  SyntheticRows rows;
  customers.draw(0, kRows, rows);
  const auto moments = [&](const std::string& name, bool logarithm) {
    double sum = 0;
    double squares = 0;
    for (const double raw : rows.numbers[index_of(customers, name)]) {
      const double value = logarithm ? std::log(raw) : raw;
      sum += value;
      squares += value * value;
    }
    const double mean = sum / kRows;
    return std::pair(mean, squares / kRows - mean * mean);
  };
  // a Poisson count's variance is its mean; a log-normal's logarithm has its spread
  const auto [mean, variance] = moments("orders", false);
  EXPECT_GT(mean, 1);
  EXPECT_NEAR(variance / mean, 1, 0.06);
  EXPECT_NEAR(std::sqrt(moments("spend", true).second), 0.60, 0.015);
  EXPECT_NEAR(std::sqrt(moments("average_basket", true).second), 0.40, 0.01);
}

// The same on every machine, compiler and version: a change here changes everybody's data.
TEST(SyntheticCustomers, TheFirstCustomersNeverChange) {
  const SyntheticCustomers customers(0, 5);
  SyntheticRows rows;
  customers.draw(0, kRows, rows);
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a over the bits of all values
  const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 1099511628211U; };
  for (std::size_t c = 0; c < customers.columns().size(); ++c) {
    for (const double value : rows.numbers[c]) {
      mix(std::isnan(value) ? 1 : std::bit_cast<std::uint64_t>(value));
    }
    for (const std::int32_t code : rows.codes[c]) {
      mix(static_cast<std::uint64_t>(code) + 2);
    }
  }
  EXPECT_EQ(hash, 16365728854393741497U);
}

}  // namespace
}  // namespace tessera::table
