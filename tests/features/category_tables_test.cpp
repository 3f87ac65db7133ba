#include "tessera/features/category_tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

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

TEST(CategoryTables, PositionsTellTheCodesThatWereSet) {
  for (const Unseen unseen : {Unseen::kAbsent, Unseen::kPossible}) {
    const Space space{0, {3, 2, 4, 1}};
    const CategoryTables categories(space, unseen);
    for (std::size_t c = 0; c < space.categories(); ++c) {
      const std::span<const std::uint16_t> codes = categories.codes(c);
      for (std::size_t position = 0; position < codes.size(); ++position) {
        for (std::uint16_t code = 0; code < space.levels[c]; ++code) {
          const std::size_t changed = categories.with_code(position, c, code);
          ASSERT_LT(changed, codes.size());
          EXPECT_EQ(codes[changed], code);
          for (std::size_t other = 0; other < space.categories(); ++other) {
            if (other != c && categories.table_of(other) == categories.table_of(c)) {
              EXPECT_EQ(categories.codes(other)[changed], categories.codes(other)[position]);
            }
          }
        }
        if (unseen == Unseen::kPossible) {
          EXPECT_EQ(codes[categories.with_code(position, c, kNoLevel)], kNoLevel);
        } else {
          EXPECT_THROW((void)categories.with_code(position, c, kNoLevel), std::logic_error);
          EXPECT_FALSE(std::ranges::find(codes, kNoLevel) != codes.end());
        }
      }
    }
  }
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
