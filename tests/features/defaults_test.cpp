// What becomes of columns that nothing was said of, and how it is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/features/id_like.hpp"
#include "tessera/features/preparer.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;
using test::world;
using testing::ElementsAre;

TEST(IdNames, AreKnownFromOthers) {
  for (const char* name :
       {"id", "ID", "Id", "customer_id", "CustomerID", "Customer ID", "customerid", "customerId",
        "CustomerNumber", "customer_no", "Customer Key", "user_uuid", "account number",
        "Kundennummer", "rowid", "invoice_nr"}) {
    EXPECT_TRUE(is_named_like_id(name)) << name;
  }
  for (const char* name :
       {"paid", "width", "Fluid", "number", "orders", "order_value", "humid", "key", "customers",
        "number of children", "user_age", "idle", "", "card_number_of_uses"}) {
    EXPECT_FALSE(is_named_like_id(name)) << name;
  }
}

std::vector<std::string> names(const std::vector<LeftOut>& left_out) {
  std::vector<std::string> columns;
  for (const LeftOut& one : left_out) {
    columns.push_back(one.column);
  }
  return columns;
}

/// 1 to `rows`, each times `step`, in a shuffled order.
std::vector<double> numbers(std::uint64_t rows, double step, std::uint64_t seed = 1) {
  std::vector<double> values;
  for (std::uint64_t i = 0; i < rows; ++i) {
    values.push_back(step * static_cast<double>(i + 1));
  }
  const numeric::Random random(seed, 0);
  for (std::uint64_t i = rows; i > 1; --i) {
    std::swap(values[i - 1], values[random.below(i, i, 0)]);
  }
  return values;
}

TEST(Defaults, LeaveOutWhatLooksLikeAnId) {
  for (const std::uint64_t rows : {60ULL, 1000ULL, 20'000ULL}) {
    MemoryTable table(rows);
    const numeric::Random random(3, 0);
    std::vector<double> amounts;  // that nearly all differ
    std::vector<double> ages;
    std::vector<double> incomes;  // that all differ
    std::vector<double> gaps = numbers(rows, 1);
    for (std::uint64_t i = 0; i < rows; ++i) {
      amounts.push_back(static_cast<double>(random.below(250 * rows, i, 0)));
      ages.push_back(static_cast<double>(18 + random.below(70, i, 1)));
      incomes.push_back(1000 * random.uniform(i, 2));
      gaps[i] += gaps[i] > static_cast<double>(rows) / 2 ? static_cast<double>(rows / 3) : 0;
      gaps[i] = i % 41 == 0 ? gaps[0] : gaps[i];  // some twice
    }
    table.add_numbers("no1", numbers(rows, 1));
    table.add_numbers("gaps", gaps);
    table.add_numbers("amount", amounts);
    table.add_numbers("age", ages);
    table.add_numbers("income", incomes);
    table.add_numbers("sparse_id", amounts);
    table.add_numbers("weight_id", incomes);  // no whole numbers
    const Fitted fitted = fit(world(), table, {});
    EXPECT_THAT(names(fitted.left_out), ElementsAre("no1", "gaps", "sparse_id")) << rows;
    EXPECT_EQ(fitted.left_out[0].take_in, "no1=number");
    EXPECT_EQ(fit(world(), table, {.features = {"no1", "age"}}).recipe.numeric.size(), 2U);
    const Fitted taken_in = fit(
        world(), table, {.columns_as = {"no1=number"}, .columns = {{"gaps", "none", true, ""}}});
    EXPECT_THAT(names(taken_in.left_out), ElementsAre("sparse_id"));
  }
}

TEST(Defaults, OfAFewRowsTakeNumbersAsTheyAre) {
  MemoryTable table(6);
  table.add_numbers("x", {1, 1, 1, 10, 10, 10});
  table.add_numbers("y", {1, 2, 3, 4, 5, 6});
  const Fitted fitted = fit(world(), table, {});
  EXPECT_EQ(fitted.recipe.space(), (Space{2, {}}));
}

TEST(Defaults, LeaveOutCategoriesThatDifferInEveryRow) {
  MemoryTable table(60);
  std::vector<std::string> levels;
  std::vector<std::int32_t> codes;
  for (std::int32_t i = 0; i < 60; ++i) {
    levels.push_back(fmt::format("{}", 100 + i));
    codes.push_back(i);
  }
  table.add_category("email", levels, codes);
  table.add_numbers("x", numbers(60, 0.5));
  EXPECT_THAT(names(fit(world(), table, {}).left_out), ElementsAre("email"));
  EXPECT_EQ(fit(world(), table, {.columns_as = {"email=category"}}).recipe.categories.size(), 1U);
}

TEST(Defaults, LeaveOutDatesUnlessTheyAreAskedFor) {
  MemoryTable table(4);
  table.add_dates("joined", {0, 86400, MemoryTable::kMissing, 5 * 86400 + 43200});
  table.add_numbers("x", {0.5, 2, 3, 4});
  const Fitted fitted = fit(world(), table, {});
  EXPECT_EQ(fitted.recipe.numeric.size(), 1U);
  EXPECT_THAT(names(fitted.left_out), ElementsAre("joined"));
  EXPECT_EQ(fitted.left_out[0].take_in, "joined=number");
  for (const FitOptions& options :
       {FitOptions{.features = {"joined"}, .scale = "none"},
        FitOptions{.ignore = {"x"}, .scale = "none", .columns_as = {"joined=number"}}}) {
    const Fitted days = fit(world(), table, options);
    ASSERT_EQ(days.recipe.numeric.size(), 1U);
    EXPECT_EQ(days.recipe.numeric[0].impute(), 1);  // the median of 0, 1 and 5.5 days
  }
}

struct TwoValues : MemoryTable {
  TwoValues() : MemoryTable(12) {
    add_numbers("senior", {0, 1, 0, 0, 0, 1, kMissing, 0, 0, 0, 0, 0});
    add_numbers("spend", {1.5, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    add_category("plan", {"a", "b"}, {0, 1, 1, 0, 1, 0, 1, 0, 0, 0, 0, 1});
    add_category("rank", {"1", "10", "9"}, {0, 1, 2, 0, 1, 0, -1, 0, 0, 0, 0, 1});
  }
};

TEST(Defaults, TakeTwoValuesAsACategory) {
  const TwoValues table;
  const Fitted fitted = fit(world(), table, {});
  ASSERT_EQ(fitted.recipe.numeric.size(), 1U);
  ASSERT_EQ(fitted.recipe.categories.size(), 3U);
  EXPECT_EQ(fitted.recipe.categories[0].column, "senior");  // as the columns stand
  EXPECT_THAT(fitted.recipe.categories[0].levels, ElementsAre("0", "1"));
  EXPECT_EQ(fitted.recipe.categories[0].impute, 0U);
  EXPECT_THAT(fitted.two_valued, ElementsAre("senior"));
  const comm::Share share = comm::share_of(12, world().rank(), world().size());
  for (std::uint64_t i = 0; i < share.count; ++i) {
    const std::uint64_t row = share.first + i;
    EXPECT_EQ(fitted.rows.code(i, 0), row == 1 || row == 5 ? 1 : 0);
  }
  // features names it: it is one, of the same kind
  EXPECT_THAT(fit(world(), table, {.features = {"spend", "senior"}}).two_valued,
              ElementsAre("senior"));
  for (const FitOptions& options :
       {FitOptions{.log1p = {"senior"}}, FitOptions{.columns_as = {"senior=number"}},
        FitOptions{.columns = {{"senior", "minmax", true, ""}}}}) {
    EXPECT_EQ(fit(world(), table, options).recipe.numeric.size(), 2U);
  }
}

TEST(ColumnsAs, TakesAColumnAsAnotherType) {
  const TwoValues table;
  const Fitted fitted =
      fit(world(), table,
          {.scale = "none", .columns_as = {"rank=number", "plan=text", "senior=category"}});
  ASSERT_EQ(fitted.recipe.numeric.size(), 2U);
  EXPECT_EQ(fitted.recipe.numeric[1].column, "rank");
  EXPECT_EQ(fitted.recipe.numeric[1].impute(), 1);
  EXPECT_EQ(fitted.raw[1].range.greatest, 10);
  EXPECT_THAT(names(fitted.left_out), ElementsAre("plan"));
  ASSERT_EQ(fitted.recipe.categories.size(), 1U);
  EXPECT_TRUE(fitted.two_valued.empty());  // it was said to be one
  // the same table at scoring
  FeatureRows rows(fitted.recipe.space(), 12, 0);
  PreparedCounts counts;
  Preparer(fitted.recipe, table).prepare(0, rows, counts);
  EXPECT_EQ(rows.number(2, 1), fitted.recipe.numeric[1].prepare(9));
  EXPECT_EQ(rows.number(6, 1), fitted.recipe.numeric[1].prepare(1));
  EXPECT_EQ(rows.code(5, 0), 1);
}

TEST(ColumnsAs, SaysWhatIsExpected) {
  const TwoValues table;
  test::expect_error(ExitCode::kUsage, "NAME=category", [] { check({.columns_as = {"plan"}}); });
  test::expect_error(ExitCode::kUsage, "\"plan\" is named twice", [] {
    check({.columns_as = {"plan=text", "plan=number"}});
  });
  test::expect_error(ExitCode::kUsage, "plan=dates", [] { check({.columns_as = {"plan=dates"}}); });
  test::expect_error(ExitCode::kUsage, "", [] { check({.columns_as = {"plan=date:q"}}); });
  test::expect_error(ExitCode::kBadData, "\"a\"",
                     [&] { (void)fit(world(), table, {.columns_as = {"plan=number"}}); });
  test::expect_error(ExitCode::kBadData, "plam",
                     [&] { (void)fit(world(), table, {.columns_as = {"plam=number"}}); });
  test::expect_error(ExitCode::kBadData, "whole number", [&] {
    (void)fit(world(), table, {.features = {"spend"}, .columns_as = {"spend=category"}});
  });
  // not left out with a warning: it was asked for
  test::expect_error(ExitCode::kBadData, "cannot be taken as category",
                     [&] { (void)fit(world(), table, {.columns_as = {"spend=category"}}); });
}

}  // namespace
}  // namespace tessera::features
