#include "report/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <utility>

#include "tessera/cluster/centroid_segmentation.hpp"

namespace tessera::report {
namespace {

std::shared_ptr<const cluster::Segmentation> segments_of(std::vector<std::uint64_t> sizes) {
  return std::make_shared<cluster::CentroidSegmentation>(
      "k-means", cluster::CentroidSegmentation::Values{.centroids = {}, .sizes = std::move(sizes)});
}

model::Model two_segments() {
  model::Model model;
  model.segmentation = segments_of({1500, 500});
  model.profile.numeric = {{"age", 40, 10, {39, 43}, {0, 0}},
                           {"spend", 1000, 500, {600, 2200}, {0, 0}},
                           {"gone", 1, 1, {1, std::numeric_limits<double>::quiet_NaN()}, {0, 500}}};
  model.profile.categories = {{"plan", {"basic", "gold"}, {1400, 100, 100, 400}, {0, 0}}};
  return model;
}

TEST(Traits, AreStrongestFirstAndOnlyTheStrong) {
  const std::vector<Trait> found = traits(two_segments(), 1);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].text, "spend 2,200 (1,000)");
  EXPECT_NEAR(found[0].strength, 2.4, 1e-12);
  // 20 % against 75 %: -0.55 / sqrt(0.75 * 0.25)
  EXPECT_EQ(found[1].text, "plan = basic 20 % (75 %)");
  EXPECT_NEAR(found[1].strength, -1.2702, 1e-4);
  EXPECT_EQ(found[2].text, "age 43 (40)");
}

TEST(SegmentTable, NumbersSegmentsFromOne) {
  const std::string table = segment_table(two_segments(), 1);
  EXPECT_THAT(table, testing::HasSubstr("      1          1,500   75.0 %  spend 600 (1,000)\n"));
  EXPECT_THAT(table, testing::HasSubstr("      2            500   25.0 %  spend 2,200 (1,000)\n"));
}

TEST(SegmentTable, SaysWhenNothingStandsOut) {
  model::Model model;
  model.segmentation = segments_of({10});
  EXPECT_THAT(segment_table(model), testing::HasSubstr("close to the average in everything"));
}

TEST(NumberText, HasFourDigits) {
  EXPECT_EQ(number_text(1234567.8), "1,234,568");
  EXPECT_EQ(number_text(-4321.4), "-4,321");
  EXPECT_EQ(number_text(12.3456), "12.35");
  EXPECT_EQ(number_text(0.000123456), "0.0001235");
  EXPECT_EQ(number_text(std::numeric_limits<double>::quiet_NaN()), "-");
}

}  // namespace
}  // namespace tessera::report
