#include "cluster/seeding/coreset.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "cluster/assign.hpp"
#include "cluster/seeding/recluster.hpp"
#include "support/feature_tables.hpp"
#include "support/world.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;
using test::world;

const Space kSpace{3, {4}};

Coreset draw(const comm::Communicator& comm, const FeatureRows& shard, std::size_t k,
             std::uint64_t seed = 3) {
  return draw_coreset(comm, shard, survey(comm, shard), k, seed, 0);
}

/// Weighted, of few rows, or of all rows of a table.
double inertia(const FeatureRows& rows, const std::vector<double>& weights,
               const Centroids& centroids) {
  const std::vector<std::int32_t> labels = assign(rows, centroids);
  double sum = 0;
  for (std::uint64_t i = 0; i < rows.rows(); ++i) {
    const auto label = static_cast<std::size_t>(labels[i]);
    sum += weights[i] * squared_distance(rows, i, centroids.row(label));
  }
  return sum;
}

Centroids some_rows(const FeatureRows& rows, std::size_t k) {
  Centroids centroids(rows.space(), k);
  for (std::size_t i = 0; i < k; ++i) {
    rows.expand(7 * i, centroids.row(i));
  }
  return centroids;
}

TEST(Coreset, IsTheSameOnAnyRanks) {
  for (const std::uint64_t count : {50ULL, 20'000ULL}) {
    const Coreset expected =
        draw(comm::LocalCommunicator(), test::grouped_table(kSpace, count, 5), 6);
    const Coreset found = draw(world(), test::grouped_shard(world(), kSpace, count, 5), 6);
    ASSERT_EQ(found.rows.rows(), expected.rows.rows());
    EXPECT_EQ(found.weights, expected.weights);
    for (std::uint64_t row = 0; row < found.rows.rows(); ++row) {
      ASSERT_EQ(test::dense_row(found.rows, row), test::dense_row(expected.rows, row));
    }
  }
}

TEST(Coreset, OfFewRowsIsAllOfThem) {
  const Coreset coreset = draw(world(), test::grouped_shard(world(), kSpace, 300, 5), 2);
  EXPECT_EQ(coreset.rows.rows(), 300U);
  EXPECT_EQ(coreset.weights, std::vector<double>(300, 1.0));
}

TEST(Coreset, HasTheInertiaOfTheTable) {
  const FeatureRows whole = test::grouped_table(kSpace, 50'000, 5);
  const FeatureRows shard = test::grouped_shard(world(), kSpace, 50'000, 5);
  const std::vector<double> ones(50'000, 1.0);
  for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL}) {
    const Coreset coreset = draw(world(), shard, 5, seed);
    EXPECT_NEAR(static_cast<double>(coreset.rows.rows()), 4096 + 5 * 16, 4 * std::sqrt(4176.0));
    EXPECT_NEAR(std::accumulate(coreset.weights.begin(), coreset.weights.end(), 0.0), 50'000, 1500);
    for (const std::size_t k : {1U, 5U, 20U}) {
      const Centroids centroids = some_rows(whole, k);
      const double expected = inertia(whole, ones, centroids);
      EXPECT_NEAR(inertia(coreset.rows, coreset.weights, centroids), expected, 0.04 * expected);
    }
  }
}

TEST(Recluster, FindsGroupsThatLieApart) {
  // a grid of 5 x 5 tight groups, of which one greedy start alone may miss some
  FeatureRows rows = test::grouped_table({2, {}}, 2000, 1);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    rows.set_number(row, 0, rows.number(row, 0) + 20.0F * static_cast<float>(row % 5));
    rows.set_number(row, 1, rows.number(row, 1) + 20.0F * static_cast<float>(row / 5 % 5));
  }
  const Coreset points{rows, std::vector<double>(rows.rows(), 1.0)};
  for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL, 4ULL, 5ULL}) {
    const Centroids centroids = recluster(points, 25, seed, 0);
    std::vector<int> sizes(25);
    for (const std::int32_t label : assign(rows, centroids)) {
      ++sizes[static_cast<std::size_t>(label)];
    }
    EXPECT_EQ(sizes, std::vector<int>(25, 80));
  }
}

TEST(Recluster, CountsAPointByItsWeight) {
  FeatureRows rows({1, {}}, 3, 0);
  rows.set_number(1, 0, 1);
  rows.set_number(2, 0, 10);
  const Centroids centroids = recluster({rows, {1, 3, 2}}, 1, 1, 0);
  EXPECT_FLOAT_EQ(centroids.values[0], 23.0F / 6);
}

}  // namespace
}  // namespace tessera::cluster
