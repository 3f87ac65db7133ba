#include "cluster/assign.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <cmath>

#include "support/feature_tables.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;
using features::Unseen;

TEST(Measure, RowsStoredOtherwiseAreAMistake) {
  const Space space{4, {3, 5}};
  const FeatureRows rows = test::grouped_table(space, 100, 6);
  const features::CategoryTables others(space, Unseen::kPossible);
  const Centroids centroids(space, 2);
  const Measurer measurer(centroids, others);
  std::vector<Nearest> nearest(rows.rows());
  EXPECT_THROW(measurer.measure(rows, nearest), std::logic_error);
}

TEST(Measure, GivesDistanceAndMarginByTheirDefinitions) {
  const Space space{4, {3, 5}};
  FeatureRows rows = test::grouped_table(space, 200, 6, 1, Unseen::kPossible);
  rows.set_code(17, 1, features::kNoLevel);
  Centroids centroids(space, 5);
  for (std::size_t i = 0; i < centroids.count; ++i) {
    rows.expand(11 * i, centroids.row(i));
  }
  std::vector<Nearest> nearest(rows.rows());
  Measurer(centroids, rows.categories()).measure(rows, nearest);
  const std::vector<std::int32_t> labels = assign(rows, centroids);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    std::vector<double> distances;
    for (std::size_t i = 0; i < centroids.count; ++i) {
      distances.push_back(std::sqrt(squared_distance(rows, row, centroids.row(i))));
    }
    const auto own = static_cast<std::size_t>(nearest[row].segment);
    EXPECT_EQ(nearest[row].segment, labels[row]);
    EXPECT_DOUBLE_EQ(nearest[row].distance, distances[own]);
    std::ranges::sort(distances);
    EXPECT_NEAR(nearest[row].margin, distances[1] - distances[0], 1e-5);
    EXPECT_GE(nearest[row].margin, 0);
  }
}

TEST(Measure, TellsThreeAlmostEquallyNearCentroidsApart) {
  FeatureRows rows({1, {}}, 70, 0);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    rows.set_number(row, 0, 1000);
  }
  Centroids centroids({1, {}}, 4);
  // scores cannot tell the last three: single precision at 1000 * 1000 is an eighth
  centroids.values = {1000, 1000.00030F, 999.99976F, 1000.00024F};
  std::vector<Nearest> nearest(rows.rows());
  Measurer(centroids, rows.categories()).measure(rows, nearest);
  for (const Nearest& row : nearest) {
    EXPECT_EQ(row.segment, 0);
    EXPECT_EQ(row.distance, 0);
    EXPECT_EQ(row.margin, 1000.0 - double{999.99976F});
  }
}

TEST(Measure, HasNoMarginWithOneSegment) {
  const FeatureRows rows = test::grouped_table({2, {}}, 3, 2);
  std::vector<Nearest> nearest(3);
  const Centroids origin({2, {}}, 1);
  Measurer(origin, rows.categories()).measure(rows, nearest);
  EXPECT_EQ(nearest[1].margin, 0);
  EXPECT_GT(nearest[1].distance, 0);
}

}  // namespace
}  // namespace tessera::cluster
