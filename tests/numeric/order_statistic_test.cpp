#include "tessera/numeric/order_statistic.hpp"

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

std::span<const double> mine(const std::vector<double>& values) {
  const comm::Share share = comm::share_of(values.size(), world().rank(), world().size());
  return std::span(values).subspan(share.first, share.count);
}

double median_by_sorting(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : values[n / 2 - 1] + (values[n / 2] - values[n / 2 - 1]) / 2;
}

std::uint64_t known(const std::vector<double>& values) {
  return values.size() - static_cast<std::uint64_t>(
                             std::ranges::count_if(values, [](double x) { return std::isnan(x); }));
}

TEST(Median, AgreesWithSorting) {
  const Random random(1, 0);
  for (const std::uint64_t count :
       {1ULL, 2ULL, 3ULL, 4ULL, 10ULL, 101ULL, 1000ULL, 20'001ULL, 50'000ULL}) {
    std::vector<double> values;
    std::vector<double> few;  // many equal values, some missing
    for (std::uint64_t i = 0; i < count; ++i) {
      values.push_back((random.uniform(i, 0) - 0.5) * std::pow(10, 20 * random.uniform(i, 1)));
      few.push_back(i > 0 && i % 7 == 3 ? std::numeric_limits<double>::quiet_NaN()
                                        : static_cast<double>(random.below(3, i, 2)) - 1);
    }
    EXPECT_EQ(median(world(), mine(values), known(values)), median_by_sorting(values)) << count;
    EXPECT_EQ(median(world(), mine(few), known(few)), median_by_sorting(few)) << count;
    std::ranges::sort(values);
    EXPECT_EQ(median(world(), mine(values), known(values)), median_by_sorting(values)) << count;
  }
}

TEST(Median, IsFoundWhereASampleMisleads) {
  // all that lies in the middle comes in one run, and half of all values are two neighbours
  std::vector<double> values(30'000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = i < 14'990 ? -1e300 : i < 15'010 ? static_cast<double>(i) : 1e300;
  }
  EXPECT_EQ(median(world(), mine(values), values.size()), 14'999.5);
}

TEST(Median, OfNothingIsNaN) {
  EXPECT_TRUE(std::isnan(median(world(), {}, 0)));
  const std::vector<double> missing(7, std::numeric_limits<double>::quiet_NaN());
  EXPECT_TRUE(std::isnan(median(world(), mine(missing), 0)));
}

TEST(OrderStatistic, TakesBothZerosAsOneAndOrdersInfinities) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::vector<double> values = {0.0, -kInfinity, -0.0, kInfinity, -1e-310};
  const std::vector<double> sorted = {-kInfinity, -1e-310, 0, 0, kInfinity};
  for (std::size_t position = 0; position < values.size(); ++position) {
    EXPECT_EQ(order_statistic(world(), mine(values), values.size(), position), sorted[position]);
  }
}

// numpy: quantile(sorted, q) = sorted[i] + (sorted[i + 1] - sorted[i]) * t, i + t = (n - 1) q
double quantile_by_sorting(std::vector<double> values, double q) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  std::ranges::sort(values);
  const double place = static_cast<double>(values.size() - 1) * q;
  const auto i = static_cast<std::size_t>(place);
  const double next = values[std::min(i + 1, values.size() - 1)];
  return values[i] + (next - values[i]) * (place - static_cast<double>(i));
}

TEST(Quantile, AgreesWithSorting) {
  const Random random(2, 0);
  for (const std::uint64_t count : {1ULL, 2ULL, 5ULL, 100ULL, 20'001ULL, 30'000ULL}) {
    std::vector<double> values;
    std::vector<double> few;
    std::vector<double> filled;
    for (std::uint64_t i = 0; i < count; ++i) {
      const bool missing = i > 0 && i % 5 == 3;
      values.push_back(missing ? std::numeric_limits<double>::quiet_NaN()
                               : random.uniform(i, 0) * 1000);
      few.push_back(static_cast<double>(random.below(3, i, 2)));
      filled.push_back(missing ? 300 : values.back());
    }
    const Repeated others{300, count - known(values)};
    for (const double q : {0.0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.999, 1.0}) {
      EXPECT_NEAR(quantile(world(), mine(values), known(values), q), quantile_by_sorting(values, q),
                  1e-10);
      EXPECT_NEAR(quantile(world(), mine(few), count, q), quantile_by_sorting(few, q), 1e-12);
      EXPECT_NEAR(quantile(world(), mine(values), known(values), q, others),
                  quantile_by_sorting(filled, q), 1e-10);
    }
  }
}

}  // namespace
}  // namespace tessera::numeric
