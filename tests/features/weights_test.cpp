// Recipes that are fitted to rows that weigh differently.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/expect_error.hpp"
#include "support/weighted_tables.hpp"
#include "support/world.hpp"
#include "tessera/features/fit.hpp"

namespace tessera::features {
namespace {

using test::WeightedCustomers;
using test::world;

FitOptions options_with(const std::vector<std::pair<std::string, std::string>>& steps) {
  FitOptions options;
  options.id = "id";
  options.ignore = {"group"};
  for (const auto& [column, chain] : steps) {
    options.columns.push_back({column, chain, true, "test"});
  }
  return options;
}

/// What whole weights make of a table, and the table of repeated rows.
void expect_same(const WeightedCustomers& customers, FitOptions options) {
  const auto repeated = customers.repeated();
  const auto table = customers.weighted();
  const Fitted expected = fit(world(), repeated, options);
  options.weight = "w";
  const Fitted found = fit(world(), table, options);
  EXPECT_EQ(found.recipe.weight_column, "w");
  EXPECT_EQ(found.recipe.numeric, expected.recipe.numeric);
  EXPECT_EQ(found.recipe.categories, expected.recipe.categories);
  EXPECT_EQ(found.recipe.components.means, expected.recipe.components.means);
  EXPECT_EQ(found.recipe.components.loadings, expected.recipe.components.loadings);
  EXPECT_EQ(found.recipe.components.variances, expected.recipe.components.variances);
  EXPECT_EQ(found.weight, expected.weight);
  ASSERT_EQ(found.raw.size(), expected.raw.size());
  for (std::size_t j = 0; j < found.raw.size(); ++j) {
    EXPECT_EQ(found.raw[j].mean, expected.raw[j].mean);
    EXPECT_EQ(found.raw[j].deviation, expected.raw[j].deviation);
    EXPECT_EQ(found.raw[j].range.least, expected.raw[j].range.least);
    EXPECT_EQ(found.raw[j].range.greatest, expected.raw[j].range.greatest);
  }
  ASSERT_EQ(found.left_out.size(), expected.left_out.size());
}

TEST(WeightedFit, IsThatOfRepeatedRows) {
  for (const std::uint64_t rows : {2ULL, 40ULL, 700ULL}) {
    const WeightedCustomers customers(rows, 1, 4, rows);
    expect_same(customers, options_with({}));
    expect_same(customers, options_with({{"spend", "impute mean, clip 0.05:0.9, log1p, standard"},
                                         {"visits", "impute most_frequent, minmax"},
                                         {"age", "impute median indicator, robust"},
                                         {"town", "rare 0.05, one-hot"}}));
    expect_same(customers, options_with({{"spend", "box-cox, standard"},
                                         {"visits", "yeo-johnson, standard"},
                                         {"age", "impute mean, quantile-normal 20, none"},
                                         {"plan", "frequency, standard"},
                                         {"town", "rare 7, one-hot, weight 2"}}));
  }
}

TEST(WeightedFit, LeavesRowsOfWeight0Out) {
  WeightedCustomers customers(300, 0, 3, 9);
  // values that no other row has, which would be seen in any statistic
  customers.weights[7] = 0;
  customers.spend[7] = 1e9;
  customers.visits[7] = -1e9;
  customers.town[7] = 39;
  for (std::size_t row = 0; row < 300; ++row) {
    customers.town[row] = row != 7 && customers.town[row] == 39 ? 0 : customers.town[row];
  }
  expect_same(customers, options_with({}));
  expect_same(customers, options_with({{"spend", "minmax"}, {"age", "robust"}}));
  const auto table = customers.weighted();
  FitOptions options = options_with({});
  options.weight = "w";
  const Fitted fitted = fit(world(), table, options);
  EXPECT_EQ(world().all_sum(fitted.rows.rows()), 300U);  // they are prepared all the same
  EXPECT_LT(fitted.rows_counted, 300U);
}

TEST(WeightedFit, ComponentsAndColumnsLeftOutAreThoseOfRepeatedRows) {
  const WeightedCustomers customers(500, 1, 6, 4);
  FitOptions options = options_with({});
  options.pca = "2";
  expect_same(customers, options);
  options.pca = "";
  options.drop_correlated = 0.2;
  options.drop_constant = 0.5001;
  expect_same(customers, options);
}

TEST(WeightedFit, IsThatOfScikitLearn) {
  const auto golden =
      nlohmann::json::parse(std::ifstream(TESSERA_FEATURES_GOLDEN "/weighted_standard.json"));
  const std::vector<double> values = golden.at("values");
  test::MemoryTable table(values.size());
  table.add_numbers("x", values);
  table.add_numbers("w", golden.at("weights").get<std::vector<double>>());
  FitOptions options;
  options.weight = "w";
  const Fitted fitted = fit(world(), table, options);
  const std::vector<double>& numbers = fitted.recipe.numeric.at(0).scale().numbers;
  EXPECT_NEAR(numbers.at(0), golden.at("mean").get<double>(), 1e-12);
  EXPECT_NEAR(numbers.at(1), golden.at("deviation").get<double>(), 1e-12);
}

TEST(WeightedFit, RefusesColumnsThatAreTwoThings) {
  const auto table = WeightedCustomers(20, 1, 2).weighted();
  FitOptions options = options_with({});
  const auto refused = [&](const FitOptions& tried, ExitCode code, const std::string& part) {
    test::expect_error(code, part, [&] {
      check(tried);
      (void)fit(world(), table, tried);
    });
  };
  options.weight = "id";
  refused(options, ExitCode::kUsage, "column \"id\" cannot be the weight and the id as well");
  options.weight = "spend";
  options.features = {"spend", "age"};
  refused(options, ExitCode::kUsage, "column \"spend\" cannot be a feature and the weight as well");
  options.features = {};
  options.weight = "w";
  options.columns.push_back({"w", "standard", true, "test.ini: [column w]"});
  refused(options, ExitCode::kConfig, "column \"w\" is not a feature");
  options.columns.clear();
  options.weight = "none";
  refused(options, ExitCode::kBadData, "none");
}

}  // namespace
}  // namespace tessera::features
