// ordinal and frequency: categories as numbers.
#include <gmock/gmock.h>

#include "features/steps/against_golden.hpp"
#include "support/expect_error.hpp"
#include "tessera/features/preparer.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;

constexpr const char* kOrdinal = "ordinal \"low,mid,high\", none";

Fitted fit_category(const MemoryTable& table, const std::string& steps,
                    std::uint64_t min_group = 1) {
  FitOptions options{.features = {"size"}, .min_group = min_group};
  options.columns = {{"size", steps, true, "[column size]"}};
  return fit(test::world(), table, options);
}

struct Sizes : MemoryTable {
  Sizes() : MemoryTable(8) {
    add_category("size", {"high", "low", "mid"}, {1, 1, 1, 2, 2, 0, 0, -1});
  }
};

TEST(Ordinal, AgreesWithScikitLearn) { test::expect_as_golden("ordinal"); }
TEST(Frequency, AgreesWithCounting) { test::expect_as_golden("frequency"); }

TEST(Ordinal, IsAFeatureOfOneDimension) {
  const Fitted fitted = fit_category(Sizes(), kOrdinal);
  ASSERT_EQ(fitted.recipe.numeric.size(), 1);
  EXPECT_TRUE(fitted.recipe.categories.empty());
  EXPECT_EQ(fitted.counts.imputed, 1);
  const NumericFeature& size = fitted.recipe.numeric[0];
  EXPECT_EQ(size.impute(), 1);
  EXPECT_EQ(size.encoder()->kind->describe_fitted(*size.encoder()),
            "low < mid < high as 0, 1, ...");
}

// A batch may hold other levels, in another order, as text or as nothing.
TEST(Ordinal, PreparesBatchesOfOtherTypes) {
  const Fitted fitted = fit_category(Sizes(), kOrdinal);
  const auto prepared = [&](const MemoryTable& table) {
    FeatureRows rows(fitted.recipe.space(), table.rows(), 0);
    PreparedCounts counts;
    Preparer(fitted.recipe, table).prepare(0, rows, counts);
    std::vector<double> values;
    for (std::uint64_t i = 0; i < table.rows(); ++i) {
      values.push_back(fitted.recipe.numeric[0].restore(double{rows.number(i, 0)}));
    }
    return values;
  };
  MemoryTable levels(3);
  levels.add_category("size", {"huge", "mid"}, {0, 1, -1});
  EXPECT_THAT(prepared(levels), testing::ElementsAre(1, 1, 1));
  MemoryTable text(3);
  text.add_text("size", {"high", "", "low"});
  EXPECT_THAT(prepared(text), testing::ElementsAre(2, 1, 0));
  MemoryTable nothing(1);
  nothing.add_numbers("size", {MemoryTable::kMissing});
  EXPECT_THAT(prepared(nothing), testing::ElementsAre(1));
}

TEST(Ordinal, TakesNumbersThatAreCategories) {
  MemoryTable table(12);
  table.add_numbers("size", {1, 2, 3, 1, 2, 3, 1, 2, 3, 10, 10, 1});
  FitOptions options{.features = {"size"}, .columns_as = {"size=category"}};
  options.columns = {{"size", "ordinal \"10,3,2,1\", none", true, "[column size]"}};
  const Fitted fitted = fit(test::world(), table, options);
  EXPECT_EQ(fitted.recipe.numeric[0]
                .encoder()
                ->kind->encoding(*fitted.recipe.numeric[0].encoder())
                .of("10"),
            0);
  EXPECT_EQ(fitted.raw[0].range.greatest, 3);
}

TEST(Ordinal, NamesALevelThatIsNotStated) {
  for (const char* says : {"\"size\"", "\"mid\", in 2 rows", "ordinal \"low,high\""}) {
    test::expect_error(ExitCode::kBadData, says,
                       [&] { (void)fit_category(Sizes(), "ordinal \"low,high\", none"); });
  }
  for (const char* text :
       {"ordinal", "ordinal low", "ordinal \"low\"", "ordinal \"low,low\"", "ordinal \"low,\"",
        "ordinal \"a,b", "ordinal \"a,b\\\"", "ordinal a,b"}) {
    test::expect_error(ExitCode::kUsage, "step", [&] { (void)parse_chain(text, true); });
  }
  test::expect_error(ExitCode::kUsage, "not for numbers",
                     [] { (void)parse_chain("ordinal \"a,b\"", false); });
  test::expect_error(ExitCode::kUsage, "not for numbers",
                     [] { (void)parse_chain("frequency, one-hot", true); });
}

TEST(Ordinal, KeepsWhatBelongsToALevel) {
  const Chain chain = parse_chain("ordinal \" a\\,b , c\\\"d,e \\\\ f \", log1p, standard", true);
  EXPECT_EQ(to_text(chain),
            "ordinal \" a\\,b , c\\\"d,e \\\\ f \", impute median, log1p, standard");
  const Encoding encoding = chain[0].kind->encoding({chain[0].kind, chain[0].argument, {}});
  EXPECT_EQ(encoding.of("a,b"), 0);
  EXPECT_EQ(encoding.of("c\"d"), 1);
  EXPECT_EQ(encoding.of("e \\ f"), 2);
  EXPECT_TRUE(std::isnan(encoding.of("e")));
}

TEST(Frequency, DoesNotNameRareLevels) {
  MemoryTable table(20);
  std::vector<std::int32_t> codes(20, 0);
  codes[3] = 1;
  codes[5] = codes[6] = codes[7] = 2;
  codes[9] = codes[10] = codes[11] = codes[12] = codes[13] = 3;
  codes[19] = -1;
  table.add_category("size", {"a", "b", "c", "d"}, codes);
  const Fitted fitted = fit_category(table, "frequency, none", 5);
  const FittedStep& encoder = *fitted.recipe.numeric[0].encoder();
  EXPECT_EQ(encoder.argument, "\"a,d\"");
  EXPECT_THAT(encoder.numbers, testing::ElementsAre(10 / 19.0, 5 / 19.0, 2 / 19.0));
  EXPECT_THAT(encoder.kind->numbers(encoder.argument),
              testing::ElementsAre("share_of_a", "share_of_d", "others"));
  EXPECT_EQ(encoder.kind->encoding(encoder).of("zzz"), 2 / 19.0);
  const Fitted all = fit_category(table, "frequency, none", 1);
  EXPECT_EQ(all.recipe.numeric[0].encoder()->numbers.back(), 0);
}

}  // namespace
}  // namespace tessera::features
