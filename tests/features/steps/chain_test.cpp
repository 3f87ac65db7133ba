// Chains of steps as text, which of them a column has, and how they are fitted one after the other.
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

TEST(Chain, ComesBackAsTextAndIsCompleted) {
  EXPECT_EQ(to_text(parse_chain("impute mean,log1p , standard", false)),
            "impute mean, log1p, standard");
  EXPECT_EQ(to_text(parse_chain("standard", false)), "impute median, standard");
  EXPECT_EQ(to_text(parse_chain(" impute constant -1.5 ", false)), "impute constant -1.5, none");
  EXPECT_EQ(to_text(parse_chain("", true)), "impute most_frequent, one-hot");
}

TEST(Chain, SaysWhatIsExpected) {
  struct Case {
    const char* text;
    bool is_category;
    const char* says;
  };
  for (const auto& [text, is_category, says] :
       {Case{"standrad", false, "standard"}, Case{"impute mode", false, "impute median"},
        Case{"log1p 2", false, "log1p"}, Case{"standard, log1p", false, "order"},
        Case{"log1p, impute median", false, "order"}, Case{"standard, none", false, "order"},
        Case{"log1p, log1p", false, "twice"}, Case{"log1p,, standard", false, "commas"},
        Case{"standard", true, "one-hot"}, Case{"one-hot", false, "not for numbers"},
        Case{"impute median", true, "most_frequent"}}) {
    test::expect_error(ExitCode::kUsage, says,
                       [&, t = text, c = is_category] { (void)parse_chain(t, c); });
  }
}

TEST(Steps, OfTheirOwnWinTheMoreSpecificTheyAre) {
  FitOptions options;
  options.log1p = {"visits"};
  options.columns = {{"amount_a", "none", false, "[columns amount_a]"},
                     {"amount_*", "log1p, standard", false, "[columns amount_*]"},
                     {"a*", "impute mean, standard", false, "[columns a*]"},
                     {"numeric", "impute constant 0, standard", false, "[columns numeric]"}};
  EXPECT_EQ(to_text(chain_of(options, "amount_a", false)), "impute median, none");
  EXPECT_EQ(to_text(chain_of(options, "amount_b", false)), "impute median, log1p, standard");
  EXPECT_EQ(to_text(chain_of(options, "age", false)), "impute mean, standard");
  EXPECT_EQ(to_text(chain_of(options, "income", false)), "impute constant 0, standard");
  EXPECT_EQ(to_text(chain_of(options, "income", true)), "impute most_frequent, one-hot");
  test::expect_error(ExitCode::kUsage, "visits", [&] { (void)chain_of(options, "visits", false); });
}

TEST(Steps, NameTheSectionAtFault) {
  MemoryTable table(4);
  table.add_numbers("age", {1, 2, 3, 4.5});
  FitOptions options;
  options.columns = {{"age", "square", true, "night.ini: [column age]"}};
  for (const char* says : {"night.ini: [column age]", "square", "log1p"}) {
    test::expect_error(ExitCode::kConfig, says, [&] { (void)fit(world(), table, options); });
  }
  options.columns = {{"agee", "none", true, "night.ini: [column agee]"}};
  test::expect_error(ExitCode::kConfig, "agee", [&] { (void)fit(world(), table, options); });
  options.columns = {{"aeg*", "none", false, "night.ini: [columns aeg*]"}};
  test::expect_error(ExitCode::kConfig, "night.ini: [columns aeg*]: memory has no column",
                     [&] { (void)fit(world(), table, options); });
}

// What is missing counts with its filler in what later steps ask, and not where known values are
// asked for.
TEST(Steps, AreFittedInWaves) {
  MemoryTable table(5);
  table.add_numbers("x", {0, MemoryTable::kMissing, 3, 15, MemoryTable::kMissing});
  FitOptions options;
  options.columns = {{"x", "impute constant 7, log1p, standard", true, "[column x]"}};
  const Fitted fitted = fit(world(), table, options);
  const NumericFeature& x = fitted.recipe.numeric[0];
  const double mean = (std::log1p(3) + std::log1p(15) + 2 * std::log1p(7)) / 5;
  EXPECT_EQ(x.impute(), 7);
  EXPECT_NEAR(x.steps.back().numbers[0], mean, 1e-14);
  EXPECT_EQ(fitted.raw[0].mean, 6);  // of the known ones, as they are
  EXPECT_NEAR(x.restore(x.prepare(15)), 15, 1e-5);
  EXPECT_EQ(x.prepare(MemoryTable::kMissing), x.prepare(7));
  options.columns[0].steps = "impute mean, none";
  EXPECT_EQ(fit(world(), table, options).recipe.numeric[0].impute(), 6);
}

TEST(Steps, NameTheCellWhoseFillerTheyAreNotDefinedFor) {
  MemoryTable table(5);
  table.add_numbers("b", {0, 1, 2, MemoryTable::kMissing, 3});
  FitOptions options;
  for (const char* steps : {"impute constant -5, log1p", "impute constant -5, log1p, standard",
                            "impute constant -5, log1p, clip 0.1:0.9, minmax"}) {
    options.columns = {{"b", steps, true, "[column b]"}};
    for (const char* says : {"row 4", "\"b\"", "ln(1 + x) is not defined for -5"}) {
      test::expect_error(ExitCode::kBadData, says, [&] { (void)fit(world(), table, options); });
    }
  }
}

TEST(Steps, NameTheCellTheyAreNotDefinedFor) {
  MemoryTable table(5);
  table.add_numbers("b", {0, 1, 2, 3, -1});
  for (const char* says : {"row 5", "\"b\"", "-1", "ln(1 + x)"}) {
    test::expect_error(ExitCode::kBadData, says,
                       [&] { (void)fit(world(), table, {.log1p = {"b"}}); });
  }
}

}  // namespace
}  // namespace tessera::features
