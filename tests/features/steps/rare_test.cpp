#include <gmock/gmock.h>

#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;
using testing::ElementsAre;

/// 100 customers: 50 of a, 30 of b, 15 of c, 3 of d, 2 of e.
std::vector<std::string> levels_with(const std::string& steps, std::uint64_t min_group = 1) {
  MemoryTable table(100);
  std::vector<std::int32_t> codes;
  for (int i = 0; i < 100; ++i) {
    codes.push_back(i < 50 ? 0 : i < 80 ? 1 : i < 95 ? 2 : i < 98 ? 3 : 4);
  }
  table.add_category("city", {"a", "b", "c", "d", "e"}, codes);
  FitOptions options{.features = {"city"}, .min_group = min_group};
  options.columns = {{"city", steps, true, "[column city]"}};
  return fit(test::world(), table, options).recipe.categories.at(0).levels;
}

// The levels that OneHotEncoder(min_frequency=...) of scikit-learn keeps.
TEST(Rare, TakesLevelsTogether) {
  EXPECT_THAT(levels_with("rare 0.03"), ElementsAre("(other)", "a", "b", "c", "d"));
  EXPECT_THAT(levels_with("rare 0.031"), ElementsAre("(other)", "a", "b", "c"));
  EXPECT_THAT(levels_with("rare 3"), ElementsAre("(other)", "a", "b", "c", "d"));
  EXPECT_THAT(levels_with("rare 4"), ElementsAre("(other)", "a", "b", "c"));
  EXPECT_THAT(levels_with("rare 0.4, one-hot"), ElementsAre("(other)", "a"));
  EXPECT_THAT(levels_with("rare 2"), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(levels_with("rare 2", 4), ElementsAre("(other)", "a", "b", "c"));
}

TEST(Rare, LeavesNoColumnThatHasRareLevelsOnly) {
  test::expect_error(ExitCode::kBadData, "fewer than 60 customers have each of its levels",
                     [] { (void)levels_with("rare 60"); });
}

TEST(Rare, SaysWhatIsExpected) {
  for (const char* text :
       {"rare", "rare 0", "rare -1", "rare 1", "rare 1.5", "rare a", "rare nan", "rare inf"}) {
    test::expect_error(ExitCode::kUsage, "share of the customers",
                       [&] { (void)parse_chain(text, true); });
  }
  test::expect_error(ExitCode::kUsage, "not for numbers",
                     [] { (void)parse_chain("rare 5", false); });
}

}  // namespace
}  // namespace tessera::features
