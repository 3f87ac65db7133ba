#include "cluster/kmeans/shard_assignment.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "cluster/seeding/seeding.hpp"
#include "support/feature_tables.hpp"
#include "support/world.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;
using test::world;

constexpr float kFarOut = 50;

/// This rank's share of a table whose rows move little, but for some at the same distance from 0.
FeatureRows table(const Space& space, std::uint64_t count) {
  FeatureRows rows = test::grouped_shard(world(), space, count, 9);
  std::size_t j = 0;
  for (std::uint64_t row = 3; row < count; row += 371, ++j) {
    if (rows.contains(row)) {
      const std::uint64_t here = row - rows.first_row();
      for (std::size_t i = 0; i < space.numeric; ++i) {
        rows.set_number(here, i, i == j % space.numeric ? -kFarOut : 0);
      }
    }
  }
  return rows;
}

/// Moves centroids back and forth.
void drift(Centroids& centroids, std::size_t update) {
  for (std::size_t i = 0; i < centroids.values.size(); ++i) {
    centroids.values[i] += 0.02F * (static_cast<float>((update + i) % 3) - 1);
  }
}

CentroidSums total(const ShardAssignment& assignment) {
  const CentroidSums* const mine[] = {&assignment.sums()};
  return CentroidSums::all_reduced(world(), mine).front();
}

TEST(ShardAssignment, SortingRowsChangesNothing) {
  constexpr std::size_t kSegments = 6;
  constexpr std::size_t kUpdates = 120;
  for (const Space& space : {Space{12, {}}, Space{5, {4, 2}}, Space{5, {4, 2}, {2.5F, 0.3F}}}) {
    for (const std::uint64_t count : {70ULL, 6000ULL, 30'000ULL}) {
      FeatureRows first = table(space, count);
      FeatureRows rows = first;
      RowOrder order(rows);
      const RowOrder first_order(first);
      const DataFacts facts = survey(world(), first);
      const quality::SilhouetteMonitor monitor(world(), first, 0, 0);
      Centroids centroids = seed_centroids(world(), first, facts, Init::kRows, kSegments, 0, 0);
      ShardAssignment sorted(rows, kSegments, facts, monitor);
      ShardAssignment plain(first, kSegments, facts, monitor);
      std::uint64_t rows_sorted = 0;
      for (std::size_t update = 0; update < kUpdates; ++update) {
        drift(centroids, update);
        Centroids now = centroids;
        const bool empties = update % 30 == 29;
        if (empties) {
          std::ranges::fill(now.row(0), 0.0F);
          std::ranges::fill(now.row(kSegments - 1), 1000.0F);
          std::ranges::fill(now.row(2), 2000.0F);
        }
        ShardAssignment::update_alone(order, {&sorted, &now, kUpdates});
        plain.update(now);
        rows_sorted += sorted.work().sorted;
        CentroidSums of_sorted = total(sorted);
        CentroidSums of_plain = total(plain);
        EXPECT_EQ(sorted.refill_empty(world(), order, now, of_sorted),
                  plain.refill_empty(world(), first_order, now, of_plain));
        for (std::size_t i = 0; i < kSegments; ++i) {
          ASSERT_EQ(of_sorted.size(i), of_plain.size(i)) << update;
        }
        ASSERT_EQ(of_sorted.means(now), of_plain.means(now)) << update;
        ASSERT_EQ(of_sorted.riders(), of_plain.riders()) << update;
      }
      if (count > 100) {
        EXPECT_GT(world().all_max(static_cast<double>(rows_sorted)), 0);
      }
      for (std::uint64_t row = 0; row < rows.rows(); ++row) {
        ASSERT_EQ(test::dense_row(rows, row), test::dense_row(first, order.original(row)));
      }
    }
  }
}

}  // namespace
}  // namespace tessera::cluster
