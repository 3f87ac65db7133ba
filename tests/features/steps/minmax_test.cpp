#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

TEST(MinMax, AgreesWithScikitLearn) { test::expect_as_golden("minmax"); }

TEST(MinMax, BringsAFeatureTo0And1AndBack) {
  test::MemoryTable table(4);
  table.add_numbers("x", {-5, test::MemoryTable::kMissing, 3, 15});
  const Fitted fitted = fit(test::world(), table, {.scale = "minmax"});
  const NumericFeature& x = fitted.recipe.numeric[0];
  EXPECT_EQ(x.prepare(-5), 0);
  EXPECT_EQ(x.prepare(15), 1);
  EXPECT_EQ(x.prepare(test::MemoryTable::kMissing), x.prepare(3));
  EXPECT_EQ(x.restore(0.25), 0);
}

TEST(MinMax, RefusesWhatItCannotTake) {
  test::MemoryTable table(2);
  table.add_numbers("wide", {-1.7e308, 1.7e308});
  test::expect_error(ExitCode::kBadData, "too large", [&] {
    (void)fit(test::world(), table, {.features = {"wide"}, .scale = "minmax"});
  });
  test::expect_error(ExitCode::kUsage, "minmax", [] { (void)parse_chain("minmax 0:1", false); });
}

}  // namespace
}  // namespace tessera::features
