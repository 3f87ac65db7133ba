// Features that are left out because they say little, or nothing new.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/features/fit.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;
using test::world;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kRows = 200;

/// a, b = a + noise, c, d = -a with holes, e constant in 97 of 100 rows; the category g in 98.
struct Customers : MemoryTable {
  Customers() : MemoryTable(kRows) {
    std::vector<double> a, b, c, d, e;
    std::vector<std::int32_t> g;
    for (int i = 0; i < kRows; ++i) {
      const double x = std::sin(i * 1.7) + 0.1 * std::cos(i * 0.3);
      a.push_back(x);
      b.push_back(x + 0.05 * std::sin(i * 31.0));
      c.push_back(std::cos(i * i * 0.37));
      d.push_back(i % 50 == 0 ? kMissing : 3 - 2 * x);
      e.push_back(i % 100 < 97 ? 7.5 : i);
      g.push_back(i % 100 < 98 ? 1 : i % 2 * 2);
    }
    add_numbers("a", a);
    add_numbers("b", b);
    add_numbers("c", c);
    add_numbers("d", d);
    add_numbers("e", e);
    add_category("g", {"x", "y", "z"}, g);
  }
};

std::vector<std::string> columns_of(const Recipe& recipe) {
  std::vector<std::string> columns;
  for (const NumericFeature& feature : recipe.numeric) {
    columns.push_back(feature.column);
  }
  for (const CategoryFeature& feature : recipe.categories) {
    columns.push_back(feature.column);
  }
  return columns;
}

std::vector<std::string> left_out(const Fitted& fitted) {
  std::vector<std::string> texts;
  for (const LeftOut& column : fitted.left_out) {
    texts.push_back(column.column + ": " + column.reason);
  }
  return texts;
}

TEST(DropConstant, LeavesOutWhatHasOneValueInMostRows) {
  const Customers table;
  const Fitted fitted = fit(world(), table, {.drop_constant = 0.97});
  EXPECT_THAT(columns_of(fitted.recipe), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(left_out(fitted), ElementsAre("e: 97 % of its rows have one value",
                                            "g: 98 % of its rows have one value"));
  EXPECT_THAT(columns_of(fit(world(), table, {.drop_constant = 0.975}).recipe),
              ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(columns_of(fit(world(), table, {.drop_constant = 1}).recipe).size(), 6);
  test::expect_error(ExitCode::kUsage, "above 0.5", [] { check({.drop_constant = 0.4}); });
}

TEST(DropCorrelated, KeepsTheFirstOfTwo) {
  const Customers table;
  const Fitted all = fit(world(), table, {});
  const Fitted fitted = fit(world(), table, {.drop_correlated = 0.95});
  EXPECT_THAT(columns_of(fitted.recipe), ElementsAre("a", "c", "e", "g"));
  EXPECT_THAT(left_out(fitted), ElementsAre(HasSubstr("b: its correlation with \"a\" is 0.99"),
                                            HasSubstr("d: its correlation with \"a\" is -0.9")));
  EXPECT_EQ(fitted.counts.imputed, all.counts.imputed - 4);
  for (std::uint64_t row = 0; row < fitted.rows.rows(); ++row) {
    EXPECT_EQ(fitted.rows.number(row, 1), all.rows.number(row, 2));
    EXPECT_EQ(fitted.rows.code(row, 0), all.rows.code(row, 0));
  }
  EXPECT_EQ(fitted.raw[1].mean, all.raw[2].mean);
  EXPECT_THAT(
      columns_of(
          fit(world(), table, {.features = {"d", "b", "a"}, .drop_correlated = 0.95}).recipe),
      ElementsAre("d"));
  EXPECT_EQ(columns_of(fit(world(), table, {.drop_correlated = 1}).recipe).size(), 6);
}

// numpy.corrcoef of the same columns, in single precision once they are standardised.
TEST(DropCorrelated, GoesByTheCorrelationOfAllRows) {
  MemoryTable table(6);
  table.add_numbers("x", {1, 2, 3, 4, 5, 7.5});
  table.add_numbers("y", {2.5, 1, 4, 3, 6, 5});
  const double r = 0.7366678;
  EXPECT_EQ(fit(world(), table, {.drop_correlated = r + 1e-6}).recipe.numeric.size(), 2);
  EXPECT_EQ(fit(world(), table, {.drop_correlated = r - 1e-6}).recipe.numeric.size(), 1);
}

}  // namespace
}  // namespace tessera::features
