#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;

TEST(Impute, AgreesWithScikitLearn) { test::expect_as_golden("impute"); }

TEST(Impute, TakesTheLeastOfTheMostFrequentValues) {
  MemoryTable table(8);
  table.add_numbers("x", {7, 3, 7, MemoryTable::kMissing, 3, 1, 9, 9});
  FitOptions options;
  options.columns = {{"x", "impute most_frequent, none", true, "[column x]"}};
  EXPECT_EQ(fit(test::world(), table, options).recipe.numeric[0].impute(), 3);
}

TEST(Impute, SaysWhereTheMostFrequentValueSaysLittle) {
  MemoryTable table(1100);
  std::vector<double> values;
  for (int i = 0; i < 1100; ++i) {
    values.push_back(i * 0.25);
  }
  table.add_numbers("x", values);
  FitOptions options{.features = {"x"}};
  options.columns = {{"x", "impute most_frequent, none", true, "[column x]"}};
  test::expect_error(ExitCode::kBadData, "more than 1000 different values",
                     [&] { (void)fit(test::world(), table, options); });
}

}  // namespace
}  // namespace tessera::features
