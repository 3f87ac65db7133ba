#include "tessera/base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tessera {
namespace {

using ::testing::ElementsAre;

TEST(EditDistance, CountsSlips) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("train", ""), 5U);
  EXPECT_EQ(edit_distance("Train", "train"), 0U);
  EXPECT_EQ(edit_distance("trian", "train"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(DidYouMean, NamesOnlyWhatIsNear) {
  const std::vector<std::string> jobs = {"generate", "ingest", "train", "score"};
  EXPECT_EQ(did_you_mean("trian", jobs), "; did you mean 'train'?");
  EXPECT_EQ(did_you_mean("gen", jobs), "; did you mean 'generate'?");
  EXPECT_EQ(did_you_mean("dance", jobs), "");
  EXPECT_EQ(did_you_mean("train", {}), "");
}

TEST(NearestFirst, KeepsTheOrderOfEquals) {
  EXPECT_THAT(nearest_first("b", {"xx", "a", "b", "c"}), ElementsAre("b", "a", "c", "xx"));
}

TEST(SplitNames, DropsBlanksAndTakesQuotes) {
  EXPECT_THAT(split_names("a, b,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split_names(" , a ,,"), ElementsAre("a"));
  EXPECT_THAT(split_names(""), ElementsAre());
  EXPECT_THAT(split_names("\"Smith, J\",b"), ElementsAre("Smith, J", "b"));
  EXPECT_THAT(split_names(" \" a \" , 5\" nails"), ElementsAre(" a ", "5\" nails"));
  EXPECT_THAT(split_names("\"open, end"), ElementsAre("open, end"));
}

TEST(JoinNames, IsTakenApartAgain) {
  const std::vector<std::string> names = {"a", "Smith, J", " blank", "two words"};
  EXPECT_EQ(join_names(names), "a,\"Smith, J\",\" blank\",two words");
  EXPECT_EQ(split_names(join_names(names)), names);
  EXPECT_EQ(join_names({}), "");
}

TEST(Grouped, SetsCommas) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(BytesText, HasThreeDigits) {
  EXPECT_EQ(bytes_text(1023), "1023 bytes");
  EXPECT_EQ(bytes_text(1536), "1.50 KiB");
  EXPECT_EQ(bytes_text(std::uint64_t{1023} << 10U), "1.00 MiB");
  EXPECT_EQ(bytes_text(std::uint64_t{84} << 20U), "84.0 MiB");
  EXPECT_EQ(bytes_text(std::uint64_t{500} << 30U), "500 GiB");
}

}  // namespace
}  // namespace tessera
