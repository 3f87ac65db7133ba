#include "tessera/features/rows/masses.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/features/rows/doubled_keys.hpp"
#include "tessera/features/rows/draw_rows.hpp"

namespace tessera::features {
namespace {

using numeric::Mass;
using test::world;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

RowMasses masses_of(const std::vector<double>& weights) {
  test::MemoryTable table(weights.size());
  table.add_numbers("w", weights);
  return read_masses(world(), table, "w");
}

/// Of all ranks.
std::vector<Mass> all(const RowMasses& masses) { return world().all_gather(masses.mine); }

TEST(RowMasses, AreWholeNumbersThemselves) {
  const RowMasses masses = masses_of({2, 4, 0, 6, 2});
  EXPECT_THAT(all(masses), testing::ElementsAre(2, 4, 0, 6, 2));
  EXPECT_EQ(masses.exponent, 0);
  EXPECT_EQ(masses.total, 14);
  EXPECT_EQ(masses.rows, 4U);
  EXPECT_EQ(masses.weight(), 14);
}

TEST(RowMasses, ShareTheCoarsestGridThatHoldsThem) {
  const RowMasses masses = masses_of({0.5, 3, 0.125, 2});
  EXPECT_THAT(all(masses), testing::ElementsAre(4, 24, 1, 16));
  EXPECT_EQ(masses.exponent, -3);
  EXPECT_EQ(masses.weight(), 5.625);
  EXPECT_THAT(all(masses_of({0.25, 0.25})), testing::ElementsAre(1, 1));
}

TEST(RowMasses, KeepWeightsOfAnySizeApart) {
  const RowMasses masses = masses_of({1e8, 1e-8, 3e-8, 0});
  const std::vector<Mass> found = all(masses);
  EXPECT_LE(found[0], Mass{1} << 62U);
  EXPECT_GE(found[0], Mass{1} << 61U);
  EXPECT_NEAR(std::ldexp(static_cast<double>(found[1]), masses.exponent), 1e-8, 2e-11);
  EXPECT_NEAR(static_cast<double>(found[2]) / static_cast<double>(found[1]), 3, 0.01);
  EXPECT_EQ(found[3], 0);
  // what is too small for the grid still counts
  EXPECT_THAT(all(masses_of({1e100, 1e-100})), testing::ElementsAre(testing::Gt(1), 1));
}

TEST(RowMasses, RefusesWhatIsNoWeight) {
  const auto refused = [](std::vector<double> weights, const std::string& part) {
    test::expect_error(ExitCode::kBadData, part, [&] { (void)masses_of(weights); });
  };
  refused({1, 2, -0.5, 1}, "memory: column \"w\", row 3: the weight is -0.5; expected");
  refused({1, 2, 3, test::MemoryTable::kMissing}, "row 4: the weight is missing");
  refused({1, kInfinity, -1}, "row 2: the weight is infinite");
  refused({-kInfinity, 1}, "row 1: the weight is infinite");
  refused({1, 1e101}, "row 2: the weight is 1e+101; expected 0, or a number from 1e-100");
  refused({1e-101}, "row 1: the weight is 1e-101");
  refused({0, 0}, "all weights are 0");
  test::MemoryTable table(2);
  table.add_text("w", {"a", "b"});
  test::expect_error(ExitCode::kBadData, "holds text values, but weights are numbers",
                     [&] { (void)read_masses(world(), table, "w"); });
}

/// Rows of two features, this rank's share of seven.
FeatureRows seven() {
  const comm::Share share = comm::share_of(7, world().rank(), world().size());
  FeatureRows rows({2, {}}, share.count, share.first);
  return rows;
}

void set_masses(FeatureRows& rows, const std::vector<Mass>& all, int exponent) {
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(rows.first_row());
  rows.set_masses({first, first + static_cast<std::ptrdiff_t>(rows.rows())}, exponent);
}

TEST(RowMasses, SayHowManyRowsTheyStandFor) {
  FeatureRows rows = seven();
  EXPECT_EQ(total_weight(world(), rows), 7);
  EXPECT_EQ(rows_stood_for(world(), rows), 7);
  set_masses(rows, {1, 2, 3, 0, 4, 1, 1}, 0);
  EXPECT_EQ(total_weight(world(), rows), 12);
  EXPECT_EQ(rows_stood_for(world(), rows), 12);
  EXPECT_EQ(rows_if_repeated(world(), rows), 12U);
  EXPECT_EQ(rows_to_draw(world(), rows), 6U);
  EXPECT_EQ(mass_of_one(rows), 1);
  set_masses(rows, {1, 2, 3, 0, 8, 1, 1}, -1);  // halves
  EXPECT_EQ(total_weight(world(), rows), 8);
  EXPECT_EQ(rows_stood_for(world(), rows), 1 + 1 + 1.5 + 4 + 1 + 1);
  EXPECT_EQ(rows_if_repeated(world(), rows), 6U);
  EXPECT_EQ(mass_of_one(rows), 2);
}

TEST(RowMasses, OfOneKeyAreTogetherAtTheFirst) {
  const std::vector<std::uint64_t> keys = {~0ULL, 5, ~0ULL, 1ULL << 63U, 5, 5, 9};
  const std::vector<Mass> masses = {1, 2, 3, 4, 0, 6, 7};
  const comm::Share share = comm::share_of(keys.size(), world().rank(), world().size());
  const auto mine = [&](const auto& values) {
    return std::span(values).subspan(share.first, share.count);
  };
  EXPECT_THAT(world().all_gather(masses_of_keys(world(), mine(keys), mine(masses))),
              testing::ElementsAre(4, 8, 0, 4, 0, 0, 7));
  EXPECT_THAT(world().all_gather(masses_of_keys(world(), mine(keys), {})),
              testing::ElementsAre(2, 3, 0, 1, 0, 0, 1));
}

TEST(RowMasses, AreWhatRowsAreDrawnBy) {
  FeatureRows rows = seven();
  set_masses(rows, {1, 1, 0, 1'000'000, 1, 1, 1}, -2);
  int heavy = 0;
  for (std::uint64_t salt = 0; salt < 50; ++salt) {
    const std::vector<std::uint64_t> drawn =
        draw_rows(world(), rows, 1, numeric::Random(7, 1).keyed(salt, 0));
    const bool mine = !drawn.empty() && drawn.front() + rows.first_row() == 3;
    heavy += world().all_sum(std::int64_t{mine ? 1 : 0}) > 0 ? 1 : 0;
  }
  EXPECT_GE(heavy, 49);
  const std::vector<std::uint64_t> all =
      draw_rows(world(), rows, 7, numeric::Random(7, 1).keyed(0, 0));
  EXPECT_EQ(world().all_sum(std::uint64_t{all.size()}), 6U);  // never one that does not count
}

}  // namespace
}  // namespace tessera::features
