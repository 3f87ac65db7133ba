// Columns made of others: against numpy and scikit-learn (golden/derived.json), at scoring, and
// what is refused.
#include "tessera/features/derived.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/expect_error.hpp"
#include "support/feature_tables.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/features/preparer.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;
using test::world;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kMissing = MemoryTable::kMissing;
constexpr double kDay = 86400;

std::vector<double> numbers(const nlohmann::json& cells) {
  std::vector<double> values;
  for (const nlohmann::json& cell : cells) {
    values.push_back(cell.is_null() ? kMissing : cell.get<double>());
  }
  return values;
}

std::vector<std::string> columns_of(const Recipe& recipe) {
  std::vector<std::string> names;
  for (const NumericFeature& feature : recipe.numeric) {
    names.push_back(feature.column);
  }
  return names;
}

ColumnSteps taking(const std::string& column, const std::string& take) {
  return {.selector = column, .steps = "", .by_name = true, .where = "[section]", .take = take};
}

TEST(Derived, AreAsNumpyAndScikitLearnMakeThem) {
  std::ifstream file(TESSERA_FEATURES_GOLDEN "/derived.json");
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_EQ(cases.size(), 5U);
  const nlohmann::json nothing = nlohmann::json::object();
  for (const nlohmann::json& entry : cases) {
    const nlohmann::json dates = entry.value("dates", nothing);
    const nlohmann::json plain = entry.value("numbers", nothing);
    MemoryTable table((dates.empty() ? plain : dates).begin()->size());
    for (const auto& [name, cells] : dates.items()) {
      table.add_dates(name, numbers(cells));
    }
    for (const auto& [name, cells] : plain.items()) {
      table.add_numbers(name, numbers(cells));
    }
    FitOptions options;
    const nlohmann::json sections = entry.value("sections", nothing);
    for (const auto& [name, section] : sections.items()) {
      options.columns.push_back({.selector = name,
                                 .steps = section.value("steps", ""),
                                 .by_name = true,
                                 .where = "golden",
                                 .take = section.value("take", "")});
    }
    const nlohmann::json ratios = entry.value("ratios", nothing);
    for (const auto& [name, of] : ratios.items()) {
      options.ratios.push_back({name, of, "golden"});
    }
    const Fitted fitted = fit(world(), table, options);
    EXPECT_EQ(fitted.recipe, fit(comm::LocalCommunicator(), table, options).recipe);
    ASSERT_EQ(fitted.recipe.numeric.size(), entry.at("features").size());
    const auto encoded = as_encoded(table, fitted.recipe);
    for (const NumericFeature& feature : fitted.recipe.numeric) {
      const std::vector<double> expected = numbers(entry.at("features").at(feature.column));
      std::vector<double> values(table.rows());
      encoded->read_numbers(encoded->find(feature.column), 0, values);
      for (const FittedStep& step : feature.steps) {
        step.kind->forward(step.numbers, values);
      }
      for (std::size_t i = 0; i < values.size(); ++i) {
        ASSERT_NEAR(values[i], expected[i], 1e-9) << feature.column << ", row " << i;
      }
    }
    // row by row, as score may
    for (std::uint64_t row = 0; row < table.rows(); ++row) {
      if (!fitted.rows.contains(row)) {
        continue;
      }
      FeatureRows one(fitted.recipe.space(), 1, row);
      PreparedCounts counts;
      Preparer(fitted.recipe, table).prepare(row, one, counts);
      EXPECT_EQ(test::dense_row(one, 0),
                test::dense_row(fitted.rows, row - fitted.rows.first_row()));
    }
  }
}

struct Customers : MemoryTable {
  Customers() : MemoryTable(12) {
    add_dates("joined", {0, kDay, 2 * kDay, 3 * kDay, 9.5 * kDay, kMissing, 6 * kDay, 7 * kDay,
                         8 * kDay, 1 * kDay, 2 * kDay, 4 * kDay});
    add_numbers("spend", {1, 2, 3, 4, 5, 6, kMissing, 8, 9, 10, 11, 12.5});
    add_numbers("visits", {2, 0, 1, 4, 5, 3, 7, 2, 9, 10, 11, 5.5});
    add_category("plan", {"a", "b"}, {0, 1, 1, 0, -1, 0, 1, 0, 0, 0, 0, 1});
    add_text("note", {"x"});
  }
};

TEST(Derived, StandBehindTheTablesOwnColumns) {
  FitOptions options{.ratios = {{"per_visit", "spend / visits", "[ratio per_visit]"}}};
  options.columns = {taking("joined", "weekday, days-before"),
                     {"numeric", "impute mean indicator, standard", false, "[columns numeric]"},
                     {"category", "impute most_frequent indicator", false, "[columns category]"}};
  const Customers table;
  const Fitted fitted = fit(world(), table, options);
  EXPECT_THAT(columns_of(fitted.recipe),
              ElementsAre("spend", "visits", "joined_weekday_sin", "joined_weekday_cos",
                          "joined_days_before", "spend_missing", "plan_missing", "per_visit"));
  EXPECT_EQ(fitted.recipe.categories.size(), 1U);
  ASSERT_EQ(fitted.recipe.derived.size(), 6U);
  EXPECT_EQ(fitted.recipe.derivation("joined_days_before")->reference, 9.5 * kDay);
  EXPECT_EQ(describe(*fitted.recipe.derivation("joined_days_before")),
            "days from joined to 1970-01-10T12:00:00");
  EXPECT_EQ(describe(*fitted.recipe.derivation("per_visit")), "spend divided by visits");
  EXPECT_EQ(describe(*fitted.recipe.derivation("spend_missing")),
            "1 where spend is missing, else 0");
  EXPECT_EQ(describe(*fitted.recipe.derivation("joined_weekday_cos")),
            "cosine of the weekday of joined");
  // visits has no missing values
  EXPECT_EQ(fitted.left_out.size(), 2U);
  EXPECT_EQ(fitted.left_out.back().column, "visits_missing");
}

TEST(Derived, AreFeaturesBesideThoseThatAreNamed) {
  FitOptions options{.features = {"visits", "joined"},
                     .ratios = {{"per_visit", "spend / visits", "[ratio per_visit]"}}};
  options.columns = {taking("joined", "days-before 2024-01-01")};
  EXPECT_THAT(columns_of(fit(world(), Customers(), options).recipe),
              ElementsAre("visits", "joined_days_before", "per_visit"));
  options.columns.clear();
  options.features = {"per_visit", "visits"};
  options.ignore = {"spend"};  // which may still be divided
  EXPECT_THAT(columns_of(fit(world(), Customers(), options).recipe),
              ElementsAre("per_visit", "visits"));
}

// What a batch lacks is missing; another type is an error.
TEST(Derived, AreMadeOfWhatABatchHolds) {
  FitOptions options{.features = {"joined"},
                     .ratios = {{"per_visit", "spend / visits", "[ratio per_visit]"}}};
  options.columns = {taking("joined", "days-before")};
  const Fitted fitted = fit(world(), Customers(), options);
  MemoryTable batch(2);
  batch.add_text("joined");
  batch.add_category("spend", {"10", "7.5"}, {1, 0});
  batch.add_numbers("visits", {2, 0});
  FeatureRows rows(fitted.recipe.space(), 2, 0);
  PreparedCounts counts;
  Preparer(fitted.recipe, batch).prepare(0, rows, counts);
  EXPECT_EQ(counts.imputed, 3U);
  EXPECT_EQ(rows.number(0, 1), fitted.recipe.numeric[1].prepare(3.75));
  EXPECT_EQ(rows.number(1, 1), fitted.recipe.numeric[1].prepare(kMissing));
  EXPECT_EQ(rows.number(0, 0), fitted.recipe.numeric[0].prepare(kMissing));
  MemoryTable wrong(2);
  wrong.add_numbers("joined", {1, 2});
  wrong.add_numbers("spend", {1, 2});
  wrong.add_numbers("visits", {1, 2});
  test::expect_error(ExitCode::kBadData, "\"joined_days_before\" is made of dates",
                     [&] { (void)Preparer(fitted.recipe, wrong); });
  MemoryTable lacking(2);
  lacking.add_dates("joined", {1, 2});
  lacking.add_numbers("visits", {1, 2});
  test::expect_error(ExitCode::kBadData, "spend", [&] { (void)Preparer(fitted.recipe, lacking); });
}

TEST(Derived, RefuseWhatCannotBe) {
  const auto expect = [](const std::string& what, const FitOptions& options) {
    test::expect_error(ExitCode::kConfig, what, [&] { (void)fit(world(), Customers(), options); });
  };
  for (const char* take : {"age", "age 2024", "age 2024-02-30", "weekday 2", "days-before now",
                           "joined", "weekday,,month", "weekday, weekday"}) {
    FitOptions options;
    options.columns = {taking("joined", take)};
    test::expect_error(ExitCode::kConfig, "take", [&] { check(options); });
  }
  for (const char* of : {"spend", "spend /", "/ visits", "a / b / c"}) {
    test::expect_error(ExitCode::kConfig, "expected two columns", [&] {
      check(FitOptions{.ratios = {{"r", of, "[ratio r]"}}});
    });
  }
  expect("[ratio r]: memory: column \"plan\" holds category values",
         {.ratios = {{"r", "spend / plan", "[ratio r]"}}});
  expect("spendd", {.ratios = {{"r", "spendd / visits", "[ratio r]"}}});
  expect("there is a column of that name", {.ratios = {{"visits", "spend / visits", "[ratio]"}}});
  FitOptions options;
  options.columns = {taking("spend", "weekday")};
  expect("holds real values", options);
  options.columns = {taking("note", "weekday")};
  expect("holds text values", options);
  options.columns = {taking("nobody", "weekday")};
  expect("nobody", options);
  options.columns = {taking("joined", "weekday")};
  options.columns[0].weight = "2";
  expect("what is taken of it has sections of its own", options);
  options = {.ignore = {"joined"}, .columns = {taking("joined", "weekday")}};
  expect("column \"joined\" is not a feature", options);
}

// Dates in files that know none.
TEST(Derived, AreMadeOfWrittenDates) {
  MemoryTable table(4);
  table.add_text("joined", {"1970-01-03", "", "1970-01-02 12:00", "1970-01-01"});
  table.add_numbers("paid", {19700102, kMissing, 19700105, 19700103});
  table.add_category("seen", {"2/1/1970", "3/1/1970"}, {0, 1, -1, 1});
  FitOptions options{.scale = "none",
                     .columns_as = {"joined=date", "paid=date:yyyymmdd", "seen=date:d/m/Y"}};
  options.columns = {
      {.selector = "date", .steps = "", .where = "[columns date]", .take = "days-before"}};
  const Fitted fitted = fit(world(), table, options);
  EXPECT_THAT(columns_of(fitted.recipe),
              ElementsAre("joined_days_before", "paid_days_before", "seen_days_before"));
  EXPECT_EQ(fitted.recipe.derived[1].format, "Ymd");
  EXPECT_EQ(fitted.recipe.derived[1].reference, 4 * kDay);
  EXPECT_EQ(fitted.recipe.numeric[0].impute(), 0.5);
  FeatureRows rows(fitted.recipe.space(), 4, 0);
  PreparedCounts counts;
  Preparer(fitted.recipe, table).prepare(0, rows, counts);
  EXPECT_EQ(rows.number(0, 1), fitted.recipe.numeric[1].prepare(3));
  EXPECT_EQ(counts.imputed, 3U);
  MemoryTable batch(1);  // that knows its dates
  batch.add_dates("joined", {kDay});
  batch.add_dates("paid", {kDay});
  batch.add_dates("seen", {kDay});
  FeatureRows one(fitted.recipe.space(), 1, 0);
  Preparer(fitted.recipe, batch).prepare(0, one, counts);
  EXPECT_EQ(one.number(0, 1), fitted.recipe.numeric[1].prepare(3));
  options.columns_as[2] = "seen=date";
  test::expect_error(ExitCode::kBadData, "column \"seen\", row 1: \"2/1/1970\" is no date",
                     [&] { (void)fit(world(), table, options); });
}

TEST(Derived, NameTheRowOfADateThatIsNone) {
  MemoryTable table(3);
  table.add_dates("joined", {0, 1e15, kDay});
  FitOptions options;
  options.columns = {taking("joined", "month")};
  test::expect_error(ExitCode::kBadData, "column \"joined_month_sin\", row 2",
                     [&] { (void)fit(world(), table, options); });
}

}  // namespace
}  // namespace tessera::features
