#include "tessera/features/rows/category_tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace tessera::features {
namespace {

using testing::ElementsAre;

std::vector<std::size_t> entries_of(const CategoryTables& categories) {
  std::vector<std::size_t> entries;
  for (const CategoryTables::Table& table : categories.tables()) {
    entries.push_back(table.entries);
  }
  return entries;
}

TEST(CategoryTables, CategoriesShareOneWhileItIsSmall) {
  const Space space{8, {2, 3, 4, 5, 8, 10}};
  EXPECT_THAT(entries_of(CategoryTables(space, Unseen::kAbsent)), ElementsAre(30, 32, 10));
  EXPECT_THAT(entries_of(CategoryTables(space, Unseen::kPossible)), ElementsAre(11, 27, 30, 4));
  EXPECT_THAT(entries_of(CategoryTables({0, {33, 300, 2, 16}}, Unseen::kAbsent)),
              ElementsAre(300, 33, 32));
  EXPECT_TRUE(CategoryTables({3, {}}, Unseen::kPossible).tables().empty());
}

TEST(CategoryTables, APositionTakesTwoBytesFrom257EntriesOn) {
  EXPECT_EQ(CategoryTables({0, {2, 256}}, Unseen::kAbsent).row_bytes(), 2U);
  EXPECT_EQ(CategoryTables({0, {2, 256}}, Unseen::kPossible).row_bytes(), 4U);
  EXPECT_EQ(CategoryTables({0, {}}, Unseen::kPossible).row_bytes(), 0U);
}

TEST(CategoryTables, APositionHasADigitForEachCategory) {
  const CategoryTables categories({0, {3, 2, 4, 1}}, Unseen::kAbsent);
  ASSERT_EQ(categories.tables().size(), 1U);
  EXPECT_EQ(categories.tables().front().entries, 24U);
  for (std::size_t position = 0; position < 24; ++position) {
    EXPECT_EQ(categories.codes(2)[position], position % 4);
    EXPECT_EQ(categories.codes(0)[position], position / 4 % 3);
    EXPECT_EQ(categories.codes(1)[position], position / 12);
    EXPECT_EQ(categories.codes(3)[position], 0);
  }
  EXPECT_THAT(CategoryTables({0, {3}}, Unseen::kPossible).codes(0), ElementsAre(0, 1, 2, kNoLevel));
}

TEST(CategoryTables, CountLevelsFromCountsOfEntries) {
  for (const Unseen unseen : {Unseen::kAbsent, Unseen::kPossible}) {
    const Space space{2, {3, 2, 40, 4}};
    const CategoryTables categories(space, unseen);
    std::vector<std::int64_t> at_entries(categories.entries());
    for (const CategoryTables::Table& table : categories.tables()) {
      for (std::size_t i = 0; i < table.entries; ++i) {
        at_entries[table.offset + i] = static_cast<std::int64_t>((i + 1) * (i + 1));
      }
    }
    std::vector<std::int64_t> levels(space.dimensions() - space.numeric, -1);
    categories.count_levels(at_entries, levels);
    for (std::size_t c = 0; c < space.categories(); ++c) {
      const CategoryTables::Table& table = categories.tables()[categories.table_of(c)];
      for (std::size_t level = 0; level < space.levels[c]; ++level) {
        std::int64_t expected = 0;
        for (std::size_t i = 0; i < table.entries; ++i) {
          expected += categories.codes(c)[i] == level ? at_entries[table.offset + i] : 0;
        }
        EXPECT_EQ(levels[space.first_dimension(c) - space.numeric + level], expected);
      }
    }
  }
}

}  // namespace
}  // namespace tessera::features
