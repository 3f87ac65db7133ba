// yeo-johnson and box-cox.
#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;

TEST(YeoJohnson, AgreesWithScikitLearn) { test::expect_as_golden("yeo_johnson", 1e-6); }
TEST(BoxCox, AgreesWithScikitLearn) { test::expect_as_golden("box_cox", 1e-6); }

// Years: all powers that are not far from 1 look alike, unless nothing cancels.
TEST(Powers, AreFoundFarFromZeroToo) {
  std::vector<double> years;
  for (int i = 0; i < 90; ++i) {
    years.push_back(1930 + i % 75 + i % 7 * 0.25);
  }
  MemoryTable table(years.size());
  table.add_numbers("year", years);
  FitOptions options{.features = {"year"}};
  for (const char* steps : {"yeo-johnson, standard", "box-cox, standard"}) {
    options.columns = {{"year", steps, true, "[column year]"}};
    const Fitted fitted = fit(test::world(), table, options);
    EXPECT_EQ(fitted.recipe, fit(comm::LocalCommunicator(), table, options).recipe);
    const NumericFeature& year = fitted.recipe.numeric.at(0);
    EXPECT_NEAR(year.restore(double{year.prepare(1980)}), 1980, 1e-3);
  }
}

TEST(Powers, ComeBack) {
  const double yeo_johnson[] = {-2.5, 0, 0.4, 1, 2, 4};
  for (const double lambda : yeo_johnson) {
    for (const char* name : {"yeo-johnson", "box-cox"}) {
      const StepKind& step = *find_step_kind(name);
      for (const double x : {-7.0, -0.5, 0.0, 1e-3, 2.0, 30.0}) {
        double value = x;
        step.forward({&lambda, 1}, {&value, 1});
        if (step.refuses(x).empty()) {
          EXPECT_NEAR(step.back({&lambda, 1}, value), x, 1e-6) << name << " " << lambda;
        } else {
          EXPECT_TRUE(std::isnan(value));
        }
      }
    }
  }
}

TEST(BoxCox, NamesTheCellItIsNotDefinedFor) {
  MemoryTable table(5);
  table.add_numbers("b", {1, 5, 2, 0, 3});
  FitOptions options;
  for (const char* steps : {"box-cox", "box-cox, standard", "box-cox, clip 0.1:0.9, minmax"}) {
    options.columns = {{"b", steps, true, "[column b]"}};
    for (const char* says : {"row 4", "\"b\"", "not defined for 0", "yeo-johnson"}) {
      test::expect_error(ExitCode::kBadData, says,
                         [&] { (void)fit(test::world(), table, options); });
    }
  }
  test::expect_error(ExitCode::kUsage, "\"box-cox\" alone",
                     [] { (void)parse_chain("box-cox 2", false); });
}

}  // namespace
}  // namespace tessera::features
