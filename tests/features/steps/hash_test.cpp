#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/features/preparer.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;
using test::world;

// Values of XXH64 with seed 0, as xxhsum -H1 prints them.
TEST(Hash, IsForEverTheSame) {
  EXPECT_EQ(bucket_of("", 0xFFFFFFFF), 0xEF46DB3751D8E999U % 0xFFFFFFFFU);
  EXPECT_EQ(bucket_of("a", 1000), 0xD24EC4F1A98C6E5BU % 1000);
  EXPECT_EQ(bucket_of("abc", 64), 0x44BC2CF5AD770999U % 64);
  EXPECT_EQ(bucket_name(7, 64), "#07");
  EXPECT_EQ(bucket_name(7, 10), "#7");
}

struct Products : MemoryTable {
  static constexpr std::uint64_t kRows = 3000;
  Products() : MemoryTable(kRows) {
    std::vector<std::string> texts;
    std::vector<double> codes;
    for (std::uint64_t row = 0; row < kRows; ++row) {
      texts.push_back(row % 100 == 7 ? "" : fmt::format("product {}", row * row % 2003));
      codes.push_back(row % 50 == 3 ? kMissing : static_cast<double>(row * 31 % 2000));
    }
    add_text("product", texts);
    add_numbers("code", codes);
    add_numbers("x", codes);
  }
};

FitOptions hashing(const std::string& steps) {
  FitOptions options{.ignore = {"x"}, .columns_as = {"code=category"}};
  options.columns = {{"product", steps, true, "[column product]"},
                     {"code", "hash 16", true, "[column code]"}};
  return options;
}

TEST(Hash, MakesBucketsOfAnyColumn) {
  const Products table;
  const Fitted fitted = fit(world(), table, hashing("hash 64"));
  EXPECT_EQ(fitted.recipe, fit(comm::LocalCommunicator(), table, hashing("hash 64")).recipe);
  ASSERT_EQ(fitted.recipe.categories.size(), 2U);
  const CategoryFeature& product = fitted.recipe.categories[0];
  EXPECT_EQ(product.buckets, 64U);
  EXPECT_EQ(product.levels.size(), 64U);
  EXPECT_EQ(fitted.recipe.categories[1].levels.size(), 16U);
  const std::vector<std::string> texts = table.read_text(0, 0, table.rows());
  for (std::uint64_t i = 0; i < fitted.rows.rows(); ++i) {
    const std::string& text = texts[fitted.rows.first_row() + i];
    EXPECT_EQ(fitted.rows.code(i, 0), text.empty() ? product.impute : bucket_of(text, 64));
  }
  // also of levels that training did not see, and whatever type a batch has
  MemoryTable batch(3);
  batch.add_category("product", {"new", "product 3"}, {0, 1, -1});
  batch.add_text("code", {"17", "", "abc"});
  FeatureRows rows(fitted.recipe.space(), 3, 0);
  PreparedCounts counts;
  Preparer(fitted.recipe, batch).prepare(0, rows, counts);
  EXPECT_EQ(rows.code(0, 0), bucket_of("new", 64));
  EXPECT_EQ(rows.code(1, 0), bucket_of("product 3", 64));
  EXPECT_EQ(rows.code(2, 0), product.impute);
  EXPECT_EQ(rows.code(0, 1), bucket_of("17", 16));
  EXPECT_EQ(counts.imputed, 2U);
  EXPECT_EQ(counts.unseen, 0U);
}

TEST(Hash, TakesRareBucketsTogether) {
  const Fitted fitted = fit(world(), Products(), hashing("hash 1000, rare 5, weight 0.5"));
  const CategoryFeature& product = fitted.recipe.categories[0];
  EXPECT_LT(product.levels.size(), 1000U);
  EXPECT_NE(product.other_code(), kNoLevel);
  EXPECT_EQ(product.factor, std::sqrt(0.5));
}

TEST(Hash, SaysWhatIsExpected) {
  for (const char* text :
       {"hash", "hash 1", "hash 0", "hash -4", "hash 5000", "hash a", "hash 2.5"}) {
    test::expect_error(ExitCode::kUsage, "from 2 to 4096", [&] { (void)parse_chain(text, true); });
  }
  test::expect_error(ExitCode::kUsage, "not for numbers",
                     [] { (void)parse_chain("hash 16", false); });
  test::expect_error(ExitCode::kConfig, "column \"product\" is not a feature",
                     [] { (void)fit(world(), Products(), hashing("one-hot")); });
}

}  // namespace
}  // namespace tessera::features
