#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;

TEST(QuantileNormal, AgreesWithScikitLearn) { test::expect_as_golden("quantile_normal"); }

TEST(QuantileNormal, ComesBack) {
  MemoryTable table(50);
  std::vector<double> values;
  for (int i = 0; i < 50; ++i) {
    values.push_back(i * i);
  }
  table.add_numbers("x", values);
  FitOptions options{.features = {"x"}};
  options.columns = {{"x", "quantile-normal 50, none", true, "[column x]"}};
  const Fitted fitted = fit(test::world(), table, options);
  const NumericFeature& x = fitted.recipe.numeric[0];
  ASSERT_EQ(x.find("quantile-normal")->numbers.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(x.find("quantile-normal")->numbers[i], values[i], 1e-12 * values.back());
  }
  for (const double value : {1.0, 9.0, 100.0, 1000.0, 2303.0}) {
    EXPECT_NEAR(x.restore(double{x.prepare(value)}), value, 1e-3);
  }
  EXPECT_EQ(x.prepare(-1e9), x.prepare(0));
  EXPECT_EQ(x.prepare(1e9), x.prepare(49 * 49));
}

TEST(QuantileNormal, SaysWhatIsExpected) {
  for (const char* text : {"quantile-normal 1", "quantile-normal 1001", "quantile-normal 2.5",
                           "quantile-normal a", "quantile-normal 5 5", "quantile-normal nan"}) {
    test::expect_error(ExitCode::kUsage, "from 2 to 1000", [&] { (void)parse_chain(text, false); });
  }
  EXPECT_EQ(parse_chain("quantile-normal", false)[1].kind->numbers("").size(), 100);
}

}  // namespace
}  // namespace tessera::features
