#include "tessera/model/small_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tessera/features/recipe.hpp"

namespace tessera::model {
namespace {

using ::testing::ElementsAre;

TEST(SmallGroups, AreNoneInATableThatIsOne) {
  EXPECT_EQ(min_group_of(10, 19), 1U);
  EXPECT_EQ(min_group_of(10, 20), 10U);
  EXPECT_EQ(min_group_of(1, 3), 1U);
  EXPECT_EQ(min_group_of(11, 19), 11U) << "who asks for more is not given less";
  EXPECT_EQ(min_group_of(UINT64_MAX, 1'000'000), UINT64_MAX);
}

TEST(SmallGroups, HaveNoMeans) {
  Profile profile;
  // few customers; few of many have a value; few of many have none; all is told
  profile.numeric = {{"income", 5, 1, {1, 2, 3, 4}, {0, 97, 5, 40}}};
  const std::vector<std::uint64_t> sizes = {9, 100, 100, 100};
  for (int times = 0; times < 2; ++times) {
    hide_small_groups(profile, sizes, 10);
    const NumericProfile& income = profile.numeric[0];
    EXPECT_TRUE(std::isnan(income.means[0]));
    EXPECT_TRUE(std::isnan(income.means[1]));
    EXPECT_EQ(income.means[2], 3);
    EXPECT_EQ(income.means[3], 4);
    EXPECT_THAT(income.missing, ElementsAre(kHidden, kHidden, kHidden, 40));
  }
}

TEST(SmallGroups, DoNotFollowFromTheOthers) {
  Profile profile;
  profile.categories = {{"plan",
                         {"a", "b", "c"},
                         {
                             90, 10, 0,   // none is small, and that nobody has c may be told
                             85, 12, 3,   // 3 would follow from 12 and 85
                             91, 4, 5,    // 9 of two would be too few still
                             40, 40, 11,  // and what is missing counts as well: 9
                             2, 1, 1,     // all of them
                         },
                         {0, 0, 0, 9, 0}}};
  hide_small_groups(profile, std::vector<std::uint64_t>{100, 100, 100, 100, 4}, 10);
  EXPECT_THAT(profile.categories[0].counts,
              ElementsAre(90, 10, 0, 85, kHidden, kHidden, kHidden, kHidden, kHidden, 40, 40,
                          kHidden, kHidden, kHidden, kHidden));
  EXPECT_THAT(profile.categories[0].missing, ElementsAre(0, 0, 0, kHidden, kHidden));
}

}  // namespace
}  // namespace tessera::model
