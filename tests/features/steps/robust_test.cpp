#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;

TEST(Robust, AgreesWithScikitLearn) { test::expect_as_golden("robust"); }

// What is missing counts as its median; the middle half is one value, so that nothing is divided.
TEST(Robust, DividesByTheRangeOfTheMiddleHalfUnlessItIs0) {
  MemoryTable table(8);
  table.add_numbers("x", {1, 2, 3, 4, 5, 6, 7, 800});
  table.add_numbers("y", {5, 5, MemoryTable::kMissing, 5, 5, MemoryTable::kMissing, -40, 70});
  const Fitted fitted = fit(test::world(), table, {.scale = "robust"});
  const NumericFeature& x = fitted.recipe.numeric[0];
  EXPECT_EQ(x.prepare(4.5), 0);
  EXPECT_EQ(x.prepare(8), 1);  // quartiles 2.75 and 6.25
  EXPECT_EQ(x.restore(-1), 1);
  EXPECT_EQ(fitted.recipe.numeric[1].prepare(7), 2);
}

TEST(Robust, RefusesWhatItCannotTake) {
  MemoryTable table(4);
  table.add_numbers("wide", {-1.7e308, -1.7e308, 1.7e308, 1.7e308});
  test::expect_error(ExitCode::kBadData, "too large", [&] {
    (void)fit(test::world(), table, {.features = {"wide"}, .scale = "robust"});
  });
  test::expect_error(ExitCode::kUsage, "robust", [] { (void)parse_chain("robust 10:90", false); });
}

}  // namespace
}  // namespace tessera::features
