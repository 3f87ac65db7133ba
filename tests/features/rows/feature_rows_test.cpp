#include "tessera/features/rows/feature_rows.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

#include "support/feature_tables.hpp"
#include "support/world.hpp"
#include "tessera/features/rows/gather.hpp"

namespace tessera::features {
namespace {

using test::world;

TEST(FeatureRows, ExpandsCategoriesToOneHot) {
  FeatureRows rows({2, {3, 2}}, 70, 0);
  rows.set_number(65, 0, 1.5F);
  rows.set_number(65, 1, -2.0F);
  rows.set_code(65, 0, 2);
  rows.set_code(65, 1, kNoLevel);
  EXPECT_THAT(test::dense_row(rows, 65), testing::ElementsAre(1.5F, -2.0F, 0, 0, 1, 0, 0));
  EXPECT_EQ(rows.blocks(), 2U);
  EXPECT_EQ(rows.rows_in_block(1), 70 - FeatureRows::kBlock);
  EXPECT_EQ(rows.numeric_block(1)[FeatureRows::kBlock + 65 % FeatureRows::kBlock], -2.0F);
}

TEST(FeatureRows, KeepsWhatItIsReshapedTo) {
  FeatureRows rows({4, {}}, 200, 0);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    for (std::size_t j = 0; j < 4; ++j) {
      rows.set_number(row, j, static_cast<float>(10 * row + j));
    }
  }
  rows.reshape(std::vector<std::size_t>{0, 2, 3}, {3, {5, 2}}, Unseen::kAbsent);
  EXPECT_EQ(rows.space(), (Space{3, {5, 2}}));
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    const auto base = static_cast<float>(10 * row);
    EXPECT_THAT(test::dense_row(rows, row),
                testing::ElementsAre(base, base + 2, base + 3, 1, 0, 0, 0, 0, 1, 0));
  }
}

TEST(FeatureRows, KeepCodesOfAnyWidth) {
  for (const std::size_t most : {1U, 2U, 255U, 256U, 1000U, 65534U}) {
    const Space space{1, {2, most, 3}};
    FeatureRows rows(space, 70, 0);
    const std::size_t tables = most > 1 ? 2 : 1;
    EXPECT_EQ(rows.row_bytes(), 4U + (most > 255 ? 2 : 1) * tables);
    const auto last = static_cast<std::uint16_t>(most - 1);
    rows.set_code(5, 1, last);
    rows.set_code(66, 1, kNoLevel);
    rows.set_code(66, 2, 2);
    EXPECT_EQ(rows.code(4, 1), 0);
    EXPECT_EQ(rows.code(5, 1), last);
    EXPECT_EQ(rows.code(66, 1), kNoLevel);
    FeatureRows copy(space, 2, 0);
    copy.copy_row(rows, 66, 1);
    EXPECT_EQ(copy.code(1, 0), 0);
    EXPECT_EQ(copy.code(1, 1), kNoLevel);
    EXPECT_EQ(copy.code(1, 2), 2);
  }
}

TEST(FeatureRows, ACodeTakesThePlaceOfTheOneBefore) {
  for (const Unseen unseen : {Unseen::kAbsent, Unseen::kPossible}) {
    FeatureRows rows({0, {3, 2, 300, 4}}, 70, 0, unseen);
    for (const std::uint16_t code : std::vector<std::uint16_t>{2, 0, 1}) {
      rows.set_code(66, 0, code);
      rows.set_codes(63, 2, std::vector<std::uint16_t>(5, static_cast<std::uint16_t>(299 - code)));
      EXPECT_EQ(rows.code(66, 0), code);
      EXPECT_EQ(rows.code(66, 1), 0);
      EXPECT_EQ(rows.code(66, 2), 299 - code);
      EXPECT_EQ(rows.code(66, 3), 0);
      EXPECT_EQ(rows.code(68, 2), 0);
    }
    if (unseen == Unseen::kPossible) {
      rows.set_code(66, 0, kNoLevel);
      EXPECT_EQ(rows.code(66, 0), kNoLevel);
      EXPECT_EQ(rows.code(66, 3), 0);
    } else {
      EXPECT_THROW(rows.set_code(66, 0, kNoLevel), std::logic_error);
    }
  }
}

TEST(FeatureRows, OfNoRowsHasNoBlocks) {
  const FeatureRows rows({2, {3}}, 0, 0);
  EXPECT_EQ(rows.blocks(), 0U);
}

TEST(GatherRows, BringsChosenRowsOfTheTableToAllRanks) {
  const Space space{3, {4}};
  for (const std::uint64_t count : {1ULL, 4ULL, 300ULL}) {
    const FeatureRows whole = test::grouped_table(space, count, 3);
    const FeatureRows shard = test::grouped_shard(world(), space, count, 3);
    std::vector<std::uint64_t> wanted;
    for (std::uint64_t row = 0; row < count; row += 1 + count / 10) {
      wanted.push_back(row);
    }
    const FeatureRows gathered = gather_table_rows(world(), shard, wanted);
    ASSERT_EQ(gathered.rows(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_EQ(test::dense_row(gathered, i), test::dense_row(whole, wanted[i]));
    }
  }
}

}  // namespace
}  // namespace tessera::features
