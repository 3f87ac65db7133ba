#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;

TEST(Clip, AgreesWithNumpyAndScikitLearn) { test::expect_as_golden("clip"); }

TEST(Clip, KeepsToTheQuantilesOfKnownValuesAndComesBackClipped) {
  constexpr double kMissing = MemoryTable::kMissing;
  MemoryTable table(9);
  table.add_numbers("x", {0, 10, 20, 30, 1000, kMissing, kMissing, kMissing, kMissing});
  const Fitted fitted = fit(test::world(), table, {.scale = "none", .clip = "0.25:0.75"});
  const NumericFeature& x = fitted.recipe.numeric[0];
  ASSERT_NE(x.find("clip"), nullptr);
  EXPECT_EQ(x.find("clip")->numbers, (std::vector<double>{10, 30}));
  EXPECT_EQ(x.prepare(-7), x.prepare(10));
  EXPECT_EQ(x.prepare(1e9), x.prepare(30));
  EXPECT_EQ(x.restore(x.prepare(1e9)), 30);
}

// A value that no logarithm is defined for is clipped first.
TEST(Clip, StandsBeforeTheLogarithm) {
  MemoryTable table(6);
  table.add_numbers("x", {-5, 1, 2, 3, 4, 5});
  const Fitted fitted = fit(test::world(), table, {.log1p = {"x"}, .clip = "0.2:1"});
  EXPECT_EQ(fitted.recipe.numeric[0].prepare(-5), fitted.recipe.numeric[0].prepare(1));
}

TEST(Clip, SaysWhatIsExpected) {
  for (const char* text : {"clip", "clip 0.01", "clip 0.9:0.1", "clip -1:0.5", "clip 0:1.5",
                           "clip 1:99", "clip a:b", "clip 0.5:0.5", "clip nan:1"}) {
    test::expect_error(ExitCode::kUsage, "LOW:HIGH", [&] { (void)parse_chain(text, false); });
  }
  test::expect_error(ExitCode::kUsage, "0.01:0.99", [] { check({.clip = "5:95"}); });
  MemoryTable table(5);
  table.add_numbers("x", {1, 1, 1, 1, 9});
  test::expect_error(ExitCode::kBadData, "clipped", [&] {
    (void)fit(test::world(), table, {.features = {"x"}, .clip = "0:0.75"});
  });
}

}  // namespace
}  // namespace tessera::features
