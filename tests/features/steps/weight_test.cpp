#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;

TEST(Weight, AgreesWithScikitLearnsScalersTimesItsRoot) { test::expect_as_golden("weight"); }

TEST(Weight, CountsAsManyColumns) {
  MemoryTable table(4);
  table.add_numbers("x", {1, 2, 3, 9.5});
  FitOptions options;
  options.columns = {{"x", "standard, weight 4", true, "[column x]"}};
  const Fitted weighted = fit(test::world(), table, options);
  const NumericFeature& x = weighted.recipe.numeric[0];
  options.columns[0].steps = "standard";
  const Fitted plain = fit(test::world(), table, options);
  EXPECT_EQ(x.prepare(9.5), 2 * plain.recipe.numeric[0].prepare(9.5));
  EXPECT_EQ(x.scale(), plain.recipe.numeric[0].scale());
  EXPECT_NEAR(x.restore(double{x.prepare(9.5)}), 9.5, 1e-6);
  EXPECT_EQ(x.steps.back().kind->describe(x.steps.back().numbers), "of weight 4");
}

TEST(Weight, StandsLast) {
  EXPECT_EQ(to_text(parse_chain("weight 2", false)), "impute median, none, weight 2");
  EXPECT_EQ(to_text(parse_chain("log1p, minmax, weight 2", false)),
            "impute median, log1p, minmax, weight 2");
  test::expect_error(ExitCode::kUsage, "order",
                     [] { (void)parse_chain("weight 2, log1p", false); });
  for (const char* text :
       {"weight", "weight 0", "weight -1", "weight a", "weight inf", "weight 1e7", "weight nan"}) {
    test::expect_error(ExitCode::kUsage, "1e-6 to 1e6", [&] { (void)parse_chain(text, false); });
  }
  EXPECT_EQ(to_text(parse_chain("weight 2", true)), "impute most_frequent, one-hot, weight 2");
  test::expect_error(ExitCode::kUsage, "order",
                     [] { (void)parse_chain("weight 2, one-hot", true); });
}

}  // namespace
}  // namespace tessera::features
