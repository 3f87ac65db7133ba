// Fitting a recipe: against the definitions, on any number of ranks, and what is refused.
#include "tessera/features/fit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "support/expect_error.hpp"
#include "support/feature_tables.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/preparer.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;
using test::world;

struct SevenCustomers : MemoryTable {
  SevenCustomers() : MemoryTable(7) {
    add_text("id");
    add_numbers("age", {30, 40, MemoryTable::kMissing, 50, 60, 70, MemoryTable::kMissing});
    add_category("plan", {"basic", "gold", "never"}, {1, 0, 1, -1, 0, 1, 0});
    add_numbers("spend", {0, 1, 10, 100, 1000, 0, 0});
  }
};

TEST(Fit, ImputesStandardisesAndCodes) {
  const SevenCustomers table;
  const Fitted fitted = fit(world(), table, {.log1p = {"spend"}});
  ASSERT_EQ(fitted.recipe.numeric.size(), 2U);
  const NumericFeature& age = fitted.recipe.numeric[0];
  EXPECT_EQ(age.column, "age");
  EXPECT_EQ(age.impute(), 50);
  EXPECT_NEAR(age.steps.back().numbers[0], 350.0 / 7, 1e-13);
  EXPECT_NEAR(age.steps.back().numbers[1], std::sqrt(1000.0 / 7), 1e-13);
  const NumericFeature& spend = fitted.recipe.numeric[1];
  const double mean = (std::log(2) + std::log(11) + std::log(101) + std::log(1001)) / 7;
  EXPECT_NEAR(spend.steps.back().numbers[0], mean, 1e-14);
  EXPECT_NEAR(spend.restore(spend.prepare(1000)), 1000, 1e-3);
  ASSERT_EQ(fitted.recipe.categories.size(), 1U);
  const CategoryFeature& plan = fitted.recipe.categories[0];
  EXPECT_THAT(plan.levels, testing::ElementsAre("basic", "gold"));  // "never" has no rows
  EXPECT_EQ(plan.impute, 0U);                                       // a tie: the first
  EXPECT_EQ(fitted.counts.imputed, 3U);
  ASSERT_EQ(fitted.left_out.size(), 1U);
  EXPECT_EQ(fitted.left_out[0].column, "id");
}

TEST(Fit, GivesEachRankItsShare) {
  const SevenCustomers table;
  const Fitted mine = fit(world(), table, {});
  const Fitted whole = fit(comm::LocalCommunicator(), table, {});
  EXPECT_EQ(mine.recipe, whole.recipe);
  const comm::Share share = comm::share_of(7, world().rank(), world().size());
  ASSERT_EQ(mine.rows.rows(), share.count);
  for (std::uint64_t i = 0; i < share.count; ++i) {
    EXPECT_EQ(test::dense_row(mine.rows, i), test::dense_row(whole.rows, share.first + i));
  }
}

TEST(Fit, WithoutScaleKeepsTheUnits) {
  const Fitted fitted = fit(world(), SevenCustomers(), {.features = {"age"}, .scale = "none"});
  EXPECT_EQ(fitted.recipe.numeric[0].steps.back().numbers[1], 1);
  EXPECT_NEAR(fitted.recipe.numeric[0].restore(fitted.recipe.numeric[0].prepare(30)), 30, 1e-5);
}

TEST(Fit, LeavesOutWhatSetsNobodyApartUnlessAskedFor) {
  MemoryTable table(4);
  table.add_numbers("constant", {5, 5, 5, 5});
  table.add_numbers("empty", std::vector<double>(4, MemoryTable::kMissing));
  table.add_category("one", {"x"}, {0, 0, -1, 0});
  table.add_numbers("good", {1, 2, 3, 4});
  const Fitted fitted = fit(world(), table, {});
  EXPECT_EQ(fitted.left_out.size(), 3U);
  EXPECT_EQ(fitted.recipe.space(), (Space{1, {}}));
  for (const char* column : {"constant", "empty", "one"}) {
    test::expect_error(ExitCode::kBadData, column, [&] {
      (void)fit(world(), table, {.features = {"good", column}});
    });
    test::expect_error(ExitCode::kBadData, "take it out", [&] {
      (void)fit(world(), table, {.features = {"good", column}});
    });
  }
  test::expect_error(ExitCode::kBadData, "all its values are missing",
                     [&] { (void)fit(world(), table, {.ignore = {"good"}}); });
  test::expect_error(ExitCode::kBadData, "no column is left",
                     [&] { (void)fit(world(), table, {.ignore = {"good"}}); });
}

TEST(Fit, NamesTheCellItCannotTake) {
  MemoryTable table(5);
  table.add_numbers("a", {1, 2, 3, INFINITY, 5});
  table.add_numbers("b", {0, 1, 2, 3, -1});
  test::expect_error(ExitCode::kBadData, "\"a\"",
                     [&] { (void)fit(world(), table, {.features = {"a"}}); });
  test::expect_error(ExitCode::kBadData, "row 4",
                     [&] { (void)fit(world(), table, {.features = {"a"}}); });
  test::expect_error(ExitCode::kBadData, "inf",
                     [&] { (void)fit(world(), table, {.features = {"a"}}); });
  test::expect_error(ExitCode::kBadData, "\"b\"",
                     [&] { (void)fit(world(), table, {.features = {"b"}, .log1p = {"b"}}); });
  test::expect_error(ExitCode::kBadData, "row 5",
                     [&] { (void)fit(world(), table, {.features = {"b"}, .log1p = {"b"}}); });
  test::expect_error(ExitCode::kBadData, "-1",
                     [&] { (void)fit(world(), table, {.features = {"b"}, .log1p = {"b"}}); });
}

TEST(Fit, RefusesColumnsThatDoNotFit) {
  const SevenCustomers table;
  test::expect_error(ExitCode::kBadData, "agee",
                     [&] { (void)fit(world(), table, {.features = {"agee"}}); });
  test::expect_error(ExitCode::kBadData, "age",
                     [&] { (void)fit(world(), table, {.features = {"agee"}}); });
  test::expect_error(ExitCode::kBadData, "id",
                     [&] { (void)fit(world(), table, {.features = {"id"}}); });
  test::expect_error(ExitCode::kBadData, "text",
                     [&] { (void)fit(world(), table, {.features = {"id"}}); });
  test::expect_error(ExitCode::kUsage, "age",
                     [&] { (void)fit(world(), table, {.id = "age", .features = {"age"}}); });
  test::expect_error(ExitCode::kUsage, "the id as well",
                     [&] { (void)fit(world(), table, {.id = "age", .features = {"age"}}); });
  test::expect_error(ExitCode::kBadData, "plan",
                     [&] { (void)fit(world(), table, {.log1p = {"plan"}}); });
  test::expect_error(ExitCode::kBadData, "is not a numeric feature",
                     [&] { (void)fit(world(), table, {.log1p = {"plan"}}); });
}

// As many columns as a table stored by rows gives at once wait in the prepared rows' places.
TEST(Fit, IsTheSameOfATableStoredByRows) {
  struct ByRows : MemoryTable {
    using MemoryTable::MemoryTable;
    [[nodiscard]] std::size_t columns_per_read() const override { return 8; }
  };
  constexpr std::uint64_t kRows = 5 * 150 + 7;
  for (const std::size_t columns : {1U, 2U, 3U, 4U, 7U, 16U, 17U}) {
    MemoryTable by_columns(kRows);
    ByRows by_rows(kRows);
    for (std::size_t j = 0; j < columns; ++j) {
      std::vector<double> values(kRows);
      for (std::uint64_t i = 0; i < kRows; ++i) {
        values[i] = j == 2 ? 1 : static_cast<double>((i + 3) * (j + 7) % 101) + 0.1;
        values[i] = i % 13 == j ? MemoryTable::kMissing : values[i];
      }
      by_columns.add_numbers(std::string(1, static_cast<char>('a' + j)), values);
      by_rows.add_numbers(std::string(1, static_cast<char>('a' + j)), values);
    }
    const Fitted expected = fit(world(), by_columns, {});
    const Fitted found = fit(world(), by_rows, {});
    EXPECT_EQ(found.recipe, expected.recipe);
    ASSERT_EQ(found.rows.blocks(), expected.rows.blocks());
    for (std::size_t b = 0; b < found.rows.blocks(); ++b) {  // and the zeros behind the last row
      const std::size_t numbers = FeatureRows::kBlock * found.recipe.numeric.size();
      EXPECT_TRUE(std::equal(found.rows.numeric_block(b), found.rows.numeric_block(b) + numbers,
                             expected.rows.numeric_block(b)));
    }
  }
}

TEST(Fit, TakesRareLevelsTogether) {
  MemoryTable table(14);
  table.add_category("job", {"a", "b", "c", "d"}, {0, 3, 1, 0, 2, 0, -1, 1, 0, 2, 0, 1, 3, 0});
  const Fitted fitted = fit(world(), table, {.min_group = 3});
  EXPECT_EQ(fitted.recipe.categories[0],
            (CategoryFeature{"job", {std::string(kOtherLevel), "a", "b"}, 1}));
  const CategoryFeature& job = fitted.recipe.categories[0];
  EXPECT_EQ(job.code_of("a"), 1);
  EXPECT_EQ(job.code_of("c"), 0);
  EXPECT_EQ(job.code_of("never seen"), 0);
  EXPECT_EQ(fitted.counts.unseen, 0U);
  const comm::Share share = comm::share_of(14, world().rank(), world().size());
  const std::vector<std::uint16_t> codes = {1, 0, 2, 1, 0, 1, 1, 2, 1, 0, 1, 2, 0, 1};
  for (std::uint64_t i = 0; i < share.count; ++i) {
    EXPECT_EQ(fitted.rows.code(i, 0), codes[share.first + i]);
  }
}

TEST(Fit, ImputesALevelOfItsOwnWhereRareOnesOutnumberIt) {
  MemoryTable table(9);
  table.add_category("job", {"a", "b", "c", "d"}, {0, 1, 2, 3, -1, 1, 2, 3, 0});
  table.add_category("plan", {"x", "y", "z", "zz"}, {0, 0, 0, 1, 1, 2, 2, 3, -1});
  const Fitted fitted = fit(world(), table, {.min_group = 3});
  ASSERT_EQ(fitted.recipe.categories.size(), 1U);
  EXPECT_EQ(fitted.recipe.categories[0],
            (CategoryFeature{"plan", {std::string(kOtherLevel), "x"}, 1}));
  ASSERT_EQ(fitted.left_out.size(), 1U);
  EXPECT_EQ(fitted.left_out[0].reason,
            "fewer than 3 customers have each of its levels, too few to be told of");
}

TEST(Preparer, TakesNumbersWithoutALevelAsOther) {
  Fitted fitted = fit(world(), SevenCustomers(), {});
  fitted.recipe.categories[0] = {"plan", {std::string(kOtherLevel), "1", "12"}, 2};
  MemoryTable later(3);
  later.add_numbers("spend", {1, 2, 3});
  later.add_numbers("age", {30, 40, 50});
  later.add_numbers("plan", {12, MemoryTable::kMissing, 7});
  FeatureRows rows(fitted.recipe.space(), 3, 0);
  PreparedCounts counts;
  Preparer(fitted.recipe, later).prepare(0, rows, counts);
  EXPECT_EQ(rows.code(0, 0), 2);
  EXPECT_EQ(rows.code(1, 0), 2);
  EXPECT_EQ(rows.code(2, 0), 0);
  EXPECT_EQ(counts.unseen, 0U);
}

TEST(Recipe, PreparesOneCustomerWithoutATable) {
  const SevenCustomers table;
  const Fitted fitted = fit(comm::LocalCommunicator(), table, {.log1p = {"spend"}});
  const std::vector<double> numbers = {MemoryTable::kMissing, 100};
  const std::vector<std::string_view> categories = {""};
  FeatureRows rows(fitted.recipe.space(), 2, 0);
  PreparedCounts counts;
  fitted.recipe.prepare({numbers, categories}, 0, rows, counts);
  EXPECT_EQ(rows.number(0, 0), fitted.rows.number(2, 0));  // a missing age
  EXPECT_EQ(rows.number(0, 1), fitted.rows.number(3, 1));
  EXPECT_EQ(rows.code(0, 0), fitted.recipe.categories[0].impute);
  EXPECT_EQ(counts.imputed, 2U);
  const std::vector<std::string_view> other = {"silver"};
  fitted.recipe.prepare({numbers, other}, 1, rows, counts);
  EXPECT_EQ(rows.code(1, 0), kNoLevel);
  EXPECT_EQ(counts.unseen, 1U);
  const std::vector<double> outside = {1, -1};
  test::expect_error(ExitCode::kBadData, "\"spend\"", [&] {
    fitted.recipe.prepare({outside, other}, 1, rows, counts);
  });
}

TEST(Preparer, CountsWhatTrainingNeverSaw) {
  const Fitted fitted = fit(world(), SevenCustomers(), {});
  MemoryTable later(2);
  later.add_category("plan", {"gold", "silver"}, {1, -1});
  later.add_numbers("spend", {1, 2});
  later.add_numbers("age", {MemoryTable::kMissing, 44});
  FeatureRows rows(fitted.recipe.space(), 2, 0);
  PreparedCounts counts;
  Preparer(fitted.recipe, later).prepare(0, rows, counts);
  EXPECT_EQ(counts.unseen, 1U);
  EXPECT_EQ(counts.imputed, 2U);
  EXPECT_EQ(rows.code(0, 0), kNoLevel);
  EXPECT_EQ(rows.code(1, 0), 0);
  EXPECT_EQ(rows.number(0, 0), fitted.recipe.numeric[0].prepare(50));
}

// A small batch of later customers, of which ingest infers other types than of the training table.
struct Later : MemoryTable {
  Later() : MemoryTable(3) {
    add_numbers("spend", {1, 2, 3});
    add_numbers("age", {30, 40, 50});
  }
  [[nodiscard]] PreparedCounts prepare(const Recipe& recipe, FeatureRows& rows) const {
    PreparedCounts counts;
    Preparer(recipe, *this).prepare(0, rows, counts);
    return counts;
  }
};

TEST(Preparer, TakesAColumnWithoutValuesForMissing) {
  const Fitted fitted = fit(world(), SevenCustomers(), {});
  const auto expect_imputed = [&](const MemoryTable& later) {
    FeatureRows rows(fitted.recipe.space(), 3, 0);
    PreparedCounts counts;
    Preparer(fitted.recipe, later).prepare(0, rows, counts);
    EXPECT_EQ(counts.imputed, 6U);
    EXPECT_EQ(counts.unseen, 0U);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(rows.code(i, 0), fitted.recipe.categories[0].impute);
      EXPECT_EQ(rows.number(i, 0), fitted.recipe.numeric[0].prepare(50));
      EXPECT_EQ(rows.number(i, 1),
                fitted.recipe.numeric[1].prepare(static_cast<double>(10 * (i + 1))));
    }
  };
  const std::vector<double> none(3, MemoryTable::kMissing);
  MemoryTable of_text(3);
  of_text.add_text("age");
  of_text.add_numbers("plan", none);
  of_text.add_numbers("spend", {10, 20, 30});
  expect_imputed(of_text);
  MemoryTable of_categories(3);
  of_categories.add_category("age", {}, {-1, -1, -1});
  of_categories.add_text("plan");
  of_categories.add_numbers("spend", {10, 20, 30});
  expect_imputed(of_categories);
}

TEST(Preparer, RefusesAFillerThatAStepIsNotDefinedFor) {
  MemoryTable known(4);
  known.add_numbers("b", {0, 1, 2, 3});
  FitOptions options;
  options.columns = {{"b", "impute constant -5, log1p", true, "[column b]"}};
  const Recipe recipe = fit(world(), known, options).recipe;
  MemoryTable nothing(2);
  nothing.add_category("b", {}, {-1, -1});
  const Preparer preparer(recipe, nothing);
  FeatureRows rows(recipe.space(), 2, 0);
  PreparedCounts counts;
  test::expect_error(ExitCode::kBadData, "column \"b\": ln(1 + x) is not defined for -5",
                     [&] { preparer.prepare(0, rows, counts); });
}

TEST(Preparer, TakesCategoriesFromText) {
  const Fitted fitted = fit(world(), SevenCustomers(), {});
  Later later;
  later.add_text("plan", {"gold", "", "silver"});
  FeatureRows rows(fitted.recipe.space(), 3, 0);
  const PreparedCounts counts = later.prepare(fitted.recipe, rows);
  EXPECT_EQ(rows.code(0, 0), 1);
  EXPECT_EQ(rows.code(1, 0), fitted.recipe.categories[0].impute);
  EXPECT_EQ(rows.code(2, 0), kNoLevel);
  EXPECT_EQ(counts.imputed, 1U);
  EXPECT_EQ(counts.unseen, 1U);
}

TEST(Preparer, TakesCategoriesFromNumbersIfLevelsAreNumbers) {
  Fitted fitted = fit(world(), SevenCustomers(), {});
  fitted.recipe.categories[0] = {"plan", {"1", "12", "unknown"}, 2};
  Later later;
  later.add_numbers("plan", {12, MemoryTable::kMissing, 7});
  FeatureRows rows(fitted.recipe.space(), 3, 0);
  const PreparedCounts counts = later.prepare(fitted.recipe, rows);
  EXPECT_EQ(rows.code(0, 0), 1);
  EXPECT_EQ(rows.code(1, 0), 2);
  EXPECT_EQ(rows.code(2, 0), kNoLevel);
  EXPECT_EQ(counts.imputed, 1U);
  EXPECT_EQ(counts.unseen, 1U);
}

/// A table of which a rank can read its share alone.
class OfShares final : public MemoryTable {
 public:
  using MemoryTable::MemoryTable;
  [[nodiscard]] bool holds_shares() const override { return true; }
  [[nodiscard]] std::optional<std::uint64_t> missing(std::size_t) const override { return 1; }
  [[nodiscard]] std::vector<std::string> read_text(std::size_t, std::uint64_t,
                                                   std::uint64_t) const override {
    throw std::logic_error("in the memory of another rank");
  }
};

TEST(Preparer, ReadsNoRowsToKnowAColumnsType) {
  MemoryTable known(3);
  known.add_numbers("b", {0, 1, 2});
  const Recipe recipe = fit(world(), known, {}).recipe;
  OfShares text(2);
  text.add_text("b");
  test::expect_error(ExitCode::kBadData, "\"b\" holds text values",
                     [&] { (void)Preparer(recipe, text); });
  EXPECT_TRUE(RetypedTable(text).holds_shares());
}

TEST(Preparer, RefusesTextInANumericColumn) {
  const Fitted fitted = fit(world(), SevenCustomers(), {});
  MemoryTable later(2);
  later.add_text("age", {"", "forty"});
  later.add_text("plan");
  later.add_numbers("spend", {1, 2});
  test::expect_error(ExitCode::kBadData, "trained on numbers",
                     [&] { Preparer(fitted.recipe, later); });
}

TEST(Preparer, RefusesAColumnOfAnotherType) {
  const Fitted fitted = fit(world(), SevenCustomers(), {});
  MemoryTable later(1);
  later.add_numbers("plan", {1});
  later.add_numbers("spend", {1});
  later.add_numbers("age", {1});
  test::expect_error(ExitCode::kBadData, "plan", [&] { Preparer(fitted.recipe, later); });
  test::expect_error(ExitCode::kBadData, "categories", [&] { Preparer(fitted.recipe, later); });
}

}  // namespace
}  // namespace tessera::features
