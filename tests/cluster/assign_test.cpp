#include "tessera/cluster/assign.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <cmath>

#include "support/feature_tables.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;

TEST(Measure, GivesDistanceAndMarginByTheirDefinitions) {
  const Space space{4, {3, 5}};
  const FeatureRows rows = test::grouped_table(space, 200, 6);
  Centroids centroids(space, 5);
  for (std::size_t i = 0; i < centroids.count; ++i) {
    rows.expand(11 * i, centroids.row(i));
  }
  std::vector<Nearest> nearest(rows.rows());
  measure(rows, centroids, nearest);
  const std::vector<std::int32_t> labels = assign(rows, centroids);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    std::vector<double> distances;
    for (std::size_t i = 0; i < centroids.count; ++i) {
      distances.push_back(std::sqrt(squared_distance(rows, row, centroids.row(i))));
    }
    const auto own = static_cast<std::size_t>(nearest[row].segment);
    EXPECT_EQ(nearest[row].segment, labels[row]);
    EXPECT_EQ(nearest[row].distance, distances[own]);
    std::ranges::sort(distances);
    EXPECT_NEAR(nearest[row].margin, distances[1] - distances[0], 1e-5);
    EXPECT_GE(nearest[row].margin, 0);
  }
}

TEST(Measure, HasNoMarginWithOneSegment) {
  const FeatureRows rows = test::grouped_table({2, {}}, 3, 2);
  std::vector<Nearest> nearest(3);
  measure(rows, Centroids({2, {}}, 1), nearest);
  EXPECT_EQ(nearest[1].margin, 0);
  EXPECT_GT(nearest[1].distance, 0);
}

}  // namespace
}  // namespace tessera::cluster
