#include "tessera/quality/silhouette_monitor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <cmath>
#include <limits>
#include <vector>

#include "support/feature_tables.hpp"
#include "support/world.hpp"

namespace tessera::quality {
namespace {

using features::FeatureRows;
using features::Space;
using test::world;

const Space kSpace{3, {4}};

/// The nearest of rows 0, `stride` and 2 * `stride` of the table: three segments.
std::vector<std::int32_t> nearest_of_three(const FeatureRows& rows, std::uint64_t stride = 10) {
  const FeatureRows table = test::grouped_table(kSpace, 60, 3);
  std::vector<std::int32_t> labels;
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    std::vector<double> squares;
    for (std::uint64_t i = 0; i < 3; ++i) {
      squares.push_back(
          test::squared_distance(test::dense_row(rows, row), test::dense_row(table, i * stride)));
    }
    labels.push_back(
        static_cast<std::int32_t>(std::ranges::min_element(squares) - squares.begin()));
  }
  return labels;
}

/// The silhouette by its definition.
double silhouette(const FeatureRows& rows, const std::vector<std::int32_t>& labels, int segments) {
  double total = 0;
  for (std::uint64_t i = 0; i < rows.rows(); ++i) {
    std::vector<double> sums(static_cast<std::size_t>(segments));
    std::vector<double> counts(static_cast<std::size_t>(segments));
    for (std::uint64_t j = 0; j < rows.rows(); ++j) {
      if (i != j) {
        const auto label = static_cast<std::size_t>(labels[j]);
        sums[label] +=
            std::sqrt(test::squared_distance(test::dense_row(rows, i), test::dense_row(rows, j)));
        ++counts[label];
      }
    }
    const auto own = static_cast<std::size_t>(labels[i]);
    if (counts[own] == 0) {
      continue;
    }
    double b = std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < sums.size(); ++s) {
      b = s != own && counts[s] > 0 ? std::min(b, sums[s] / counts[s]) : b;
    }
    const double a = sums[own] / counts[own];
    total += (b - a) / std::max(a, b);
  }
  return total / static_cast<double>(rows.rows());
}

Estimate estimate(const comm::Communicator& comm, const FeatureRows& shard, std::uint64_t size) {
  const SilhouetteMonitor monitor(comm, shard, size, 42);
  SilhouetteSums sums = SilhouetteTracker(monitor, 3).update(nearest_of_three(monitor.sample()));
  sums.values = comm.all_sum(sums.values);
  sums.squares = comm.all_sum(sums.squares);
  return monitor.estimate(sums);
}

TEST(SilhouetteMonitor, IsTheDefinitionWhereAllRowsAreInTheSample) {
  for (const std::uint64_t count : {3ULL, 100ULL}) {
    const FeatureRows whole = test::grouped_table(kSpace, count, 3);
    const FeatureRows shard = test::grouped_shard(world(), kSpace, count, 3);
    const Estimate found = estimate(world(), shard, 500);
    EXPECT_NEAR(found.value, silhouette(whole, nearest_of_three(whole), 3), 1e-6);
    EXPECT_EQ(found.standard_error, 0);
  }
}

TEST(SilhouetteMonitor, TakesTheSameRowsOnAnyRanks) {
  const FeatureRows whole = test::grouped_table(kSpace, 1000, 3);
  const FeatureRows shard = test::grouped_shard(world(), kSpace, 1000, 3);
  const Estimate alone = estimate(comm::LocalCommunicator(), whole, 100);
  const Estimate found = estimate(world(), shard, 100);
  EXPECT_EQ(found.value, alone.value);
  EXPECT_EQ(found.standard_error, alone.standard_error);
  const double exact = silhouette(whole, nearest_of_three(whole), 3);
  EXPECT_NEAR(found.value, exact, 4 * found.standard_error);
  EXPECT_GT(found.standard_error, 0);
}

TEST(SilhouetteMonitor, CanBeOff) {
  const FeatureRows shard = test::grouped_shard(world(), kSpace, 10, 3);
  EXPECT_TRUE(std::isnan(estimate(world(), shard, 0).value));
}

TEST(SilhouetteTracker, FollowsRowsThatMoveExactly) {
  const FeatureRows shard = test::grouped_shard(world(), kSpace, 400, 3);
  const SilhouetteMonitor monitor(world(), shard, 90, 42);
  SilhouetteTracker tracker(monitor, 3);
  for (const std::uint64_t stride : {10U, 11U, 12U, 3U, 3U, 29U}) {
    const std::vector<std::int32_t> labels = nearest_of_three(monitor.sample(), stride);
    const SilhouetteSums followed = tracker.update(labels);
    const SilhouetteSums anew = SilhouetteTracker(monitor, 3).update(labels);
    EXPECT_EQ(followed.values, anew.values);
    EXPECT_EQ(followed.squares, anew.squares);
  }
}

}  // namespace
}  // namespace tessera::quality
