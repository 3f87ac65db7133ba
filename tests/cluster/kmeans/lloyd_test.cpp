#include "cluster/kmeans/lloyd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "cluster/assign.hpp"
#include "cluster/kmeans/centroid_sums.hpp"
#include "cluster/seeding/seeding.hpp"
#include "support/feature_tables.hpp"
#include "support/world.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;
using features::Unseen;
using test::world;

struct Trained {
  LloydRun run;
  std::vector<IterationReport> reports;
};

struct Collector : LloydObserver {
  void on_iteration(std::size_t, const IterationReport& report) override {
    reports.push_back(report);
  }
  std::vector<IterationReport> reports;
};

Trained iterate(const comm::Communicator& comm, FeatureRows& shard, Centroids initial,
                const LloydOptions& options = {.tolerance = 0}) {
  Collector collector;
  RowOrder order(shard);
  std::vector<LloydRun> runs =
      run_lloyd(comm, order, survey(comm, shard), quality::SilhouetteMonitor(comm, shard, 50, 0),
                {std::move(initial)}, options, collector);
  return {std::move(runs.front()), std::move(collector.reports)};
}

Centroids first_rows(const comm::Communicator& comm, const FeatureRows& shard, std::size_t k) {
  return seed_centroids(comm, shard, survey(comm, shard), Init::kRows, k, 0, 0);
}

/// Rows of a one-dimensional table, this rank's share.
FeatureRows line(const std::vector<float>& values) {
  const comm::Share share = comm::share_of(values.size(), world().rank(), world().size());
  FeatureRows rows({1, {}}, share.count, share.first);
  for (std::uint64_t i = 0; i < share.count; ++i) {
    rows.set_number(i, 0, values[share.first + i]);
  }
  return rows;
}

Centroids on_line(const std::vector<float>& values) {
  Centroids centroids({1, {}}, values.size());
  centroids.values = values;
  return centroids;
}

TEST(Lloyd, IsTheSameOnAnyRanks) {
  for (const Space& space : {Space{5, {}}, Space{3, {4, 2}}, Space{0, {6, 3, 2}},
                             Space{2, {3, 300, 2}}, Space{2, {3, 300, 2}, {0.7F, 3, 1}}}) {
    for (const std::uint64_t count : {4ULL, 300ULL, 1500ULL}) {
      FeatureRows whole = test::grouped_table(space, count, 4);
      FeatureRows shard = test::grouped_shard(world(), space, count, 4);
      const comm::LocalCommunicator alone;
      const Trained expected = iterate(alone, whole, first_rows(alone, whole, 4));
      const Trained found = iterate(world(), shard, first_rows(world(), shard, 4));
      EXPECT_EQ(found.run.centroids, expected.run.centroids);
      EXPECT_EQ(found.run.sizes, expected.run.sizes);
      EXPECT_EQ(found.run.inertia, expected.run.inertia);
      EXPECT_EQ(found.run.silhouette.value, expected.run.silhouette.value);
      EXPECT_EQ(found.run.iterations, expected.run.iterations);
    }
  }
}

TEST(Lloyd, RunsTogetherEndAsTheyDoAlone) {
  const Space space{4, {3}};
  FeatureRows shard = test::grouped_shard(world(), space, 900, 5);
  const DataFacts facts = survey(world(), shard);
  const quality::SilhouetteMonitor monitor(world(), shard, 50, 0);
  std::vector<Centroids> starts;
  for (std::uint32_t i = 0; i < 7; ++i) {
    starts.push_back(seed_centroids(world(), shard, facts, Init::kRandom, 2 + i % 4, 3, i));
  }
  for (const std::uint64_t limit : {0ULL, 4ULL, 300ULL}) {
    const LloydOptions options{.max_iterations = limit, .tolerance = 0};
    struct Watcher : LloydObserver {
      void on_iteration(std::size_t run, const IterationReport&) override { ++iterations[run]; }
      void on_run(std::size_t run, const LloydRun&) override { ended.push_back(run); }
      std::vector<std::uint64_t> iterations = std::vector<std::uint64_t>(7);
      std::vector<std::size_t> ended;
    } watcher;
    RowOrder order(shard);
    const std::vector<LloydRun> together =
        run_lloyd(world(), order, facts, monitor, starts, options, watcher);
    order.restore();
    ASSERT_EQ(together.size(), starts.size());
    for (std::size_t i = 0; i < starts.size(); ++i) {
      const LloydRun alone = iterate(world(), shard, starts[i], options).run;
      EXPECT_EQ(together[i].centroids, alone.centroids);
      EXPECT_EQ(together[i].sizes, alone.sizes);
      EXPECT_EQ(together[i].inertia, alone.inertia);
      EXPECT_EQ(together[i].silhouette.value, alone.silhouette.value);
      EXPECT_EQ(together[i].iterations, alone.iterations);
      EXPECT_EQ(together[i].updates, alone.updates);
      EXPECT_EQ(together[i].converged, alone.converged);
      EXPECT_EQ(watcher.iterations[i], alone.iterations);
    }
    std::ranges::sort(watcher.ended);
    EXPECT_THAT(watcher.ended, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6));
  }
}

/// Centroids after `iterations` by measuring every row anew each time.
Centroids iterate_plainly(const FeatureRows& rows, Centroids centroids, std::uint64_t iterations) {
  const DataFacts facts = survey(comm::LocalCommunicator(), rows);
  for (std::uint64_t i = 0; i < iterations; ++i) {
    CentroidSums sums(rows.space(), centroids.count, facts);
    const std::vector<std::int32_t> labels = assign(rows, centroids);
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      sums.add(static_cast<std::size_t>(labels[row]), rows, row, +1);
    }
    centroids = sums.means(centroids);
  }
  return centroids;
}

TEST(Lloyd, PassingOverRowsChangesNothing) {
  double most_sorted = 0;
  struct Case {
    Space space;
    Unseen unseen = Unseen::kAbsent;
  };
  for (const auto& [space, unseen] :
       {Case{{2, {}}}, Case{{12, {}}}, Case{{3, {4, 40}}}, Case{{3, {4, 40}}, Unseen::kPossible},
        Case{{0, {6, 3, 2}}}, Case{{3, {3, 300, 2}}}, Case{{3, {3, 300, 2}}, Unseen::kPossible}}) {
    for (const std::size_t k : {2U, 7U, 40U}) {
      if (k > 2 && space.numeric == 0) {
        continue;  // equal first rows would leave segments empty
      }
      FeatureRows whole = test::grouped_table(space, 3000, 9, 1, unseen);
      FeatureRows shard = test::grouped_shard(world(), space, 3000, 9, 1, unseen);
      if (space.numeric > 2) {
        // a few rows far out, as money has them, and without a level
        const auto change = [possible = unseen == Unseen::kPossible](FeatureRows& rows,
                                                                     std::uint64_t row) {
          rows.set_number(row, 1, 300.0F);
          if (possible) {
            const std::size_t category = (rows.first_row() + row) % rows.space().categories();
            rows.set_code(row, category, features::kNoLevel);
          }
        };
        for (std::uint64_t row = 0; row < 3000; row += 271) {
          change(whole, row);
          if (row >= shard.first_row() && row < shard.first_row() + shard.rows()) {
            change(shard, row - shard.first_row());
          }
        }
      }
      const Centroids initial = first_rows(world(), shard, k);
      double least_measured = 1;
      for (const std::uint64_t iterations : {1U, 2U, 3U, 5U, 9U, 17U, 40U}) {
        const Trained trained =
            iterate(world(), shard, initial, {.max_iterations = iterations, .tolerance = 0});
        const Centroids plain = iterate_plainly(whole, initial, trained.run.iterations);
        ASSERT_EQ(trained.run.centroids, plain) << "after " << iterations << ", k " << k;
        for (const IterationReport& report : trained.reports) {
          least_measured = std::min(least_measured, report.measured);
          most_sorted = std::max(most_sorted, report.sorted);
        }
      }
      least_measured = world().all_min(least_measured);
      if (space.numeric == 2 && k < 40) {             // rows far out widen the margins
        EXPECT_LT(least_measured, 0.9) << "k " << k;  // else the test would have tested nothing
      }
    }
  }
  EXPECT_GT(world().all_max(most_sorted), 0.9);
}

TEST(Lloyd, ScreeningChangesNothing) {
  // more rows than are sampled for bounds on each rank, so that some blocks want labels alone
  constexpr std::uint64_t kRows = 24'000;
  const Space space{9, {}};
  FeatureRows whole = test::grouped_table(space, kRows, 40);
  FeatureRows shard = test::grouped_shard(world(), space, kRows, 40);
  for (std::uint64_t row = 4000; row < kRows; row += 1234) {  // far out
    whole.set_number(row, 2, -2000.0F);
    if (row >= shard.first_row() && row < shard.first_row() + shard.rows()) {
      shard.set_number(row - shard.first_row(), 2, -2000.0F);
    }
  }
  const Centroids initial = first_rows(world(), shard, 32);
  for (const std::uint64_t iterations : {1U, 2U, 5U, 12U}) {
    const Trained trained =
        iterate(world(), shard, initial, {.max_iterations = iterations, .tolerance = 0});
    EXPECT_EQ(trained.run.centroids, iterate_plainly(whole, initial, trained.run.iterations));
    EXPECT_EQ(trained.reports.front().measured, 1);
  }
}

TEST(Lloyd, InertiaNeverRisesAndIsThatOfTheRows) {
  const Space space{4, {3}};
  FeatureRows whole = test::grouped_table(space, 2000, 6);
  FeatureRows shard = test::grouped_shard(world(), space, 2000, 6);
  const Trained trained = iterate(world(), shard, first_rows(world(), shard, 7));
  ASSERT_GT(trained.reports.size(), 3U);
  EXPECT_TRUE(trained.run.converged);
  EXPECT_EQ(trained.reports.front().moved, 2000U);
  EXPECT_EQ(trained.reports.back().moved, 0U);
  for (std::size_t i = 1; i < trained.reports.size(); ++i) {
    EXPECT_LE(trained.reports[i].inertia, trained.reports[i - 1].inertia * (1 + 1e-7));
  }
  const std::vector<std::int32_t> labels = assign(whole, trained.run.centroids);
  double inertia = 0;
  std::vector<std::uint64_t> sizes(7);
  for (std::uint64_t row = 0; row < whole.rows(); ++row) {
    const auto label = static_cast<std::size_t>(labels[row]);
    inertia += squared_distance(whole, row, trained.run.centroids.row(label));
    ++sizes[label];
  }
  EXPECT_NEAR(trained.run.inertia, inertia, 1e-9 * inertia);
  EXPECT_EQ(trained.run.sizes, sizes);
}

TEST(Lloyd, CentroidsAreTheMeansOfTheirRows) {
  const Space space{2, {3}};
  FeatureRows whole = test::grouped_table(space, 500, 3);
  FeatureRows shard = test::grouped_shard(world(), space, 500, 3);
  const Trained trained = iterate(world(), shard, first_rows(world(), shard, 3));
  const std::vector<std::int32_t> labels = assign(whole, trained.run.centroids);
  std::vector<double> sums(3 * space.dimensions());
  for (std::uint64_t row = 0; row < whole.rows(); ++row) {
    const std::vector<float> dense = test::dense_row(whole, row);
    for (std::size_t j = 0; j < dense.size(); ++j) {
      sums[static_cast<std::size_t>(labels[row]) * dense.size() + j] += double{dense[j]};
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < space.dimensions(); ++j) {
      EXPECT_NEAR(trained.run.centroids.row(i)[j],
                  sums[i * space.dimensions() + j] / static_cast<double>(trained.run.sizes[i]),
                  1e-6);
    }
  }
}

TEST(Lloyd, StopsAtTheLimitAndSaysSo) {
  FeatureRows shard = test::grouped_shard(world(), {4, {}}, 2000, 6);
  const Trained trained =
      iterate(world(), shard, first_rows(world(), shard, 7), {.max_iterations = 2, .tolerance = 0});
  EXPECT_EQ(trained.run.iterations, 2U);
  EXPECT_FALSE(trained.run.converged);
  EXPECT_LT(trained.run.inertia, trained.reports.back().inertia);  // of the updated centroids
}

TEST(Lloyd, ToleranceStopsEarlier) {
  FeatureRows shard = test::grouped_shard(world(), {4, {}}, 2000, 6);
  const Centroids initial = first_rows(world(), shard, 7);
  const Trained exact = iterate(world(), shard, initial);
  const Trained loose = iterate(world(), shard, initial, {.tolerance = 0.05});
  EXPECT_TRUE(loose.run.converged);
  EXPECT_LT(loose.run.iterations, exact.run.iterations);
  EXPECT_LE(loose.reports.back().shift, 0.05 * survey(world(), shard).mean_variance);
}

TEST(Lloyd, AnEmptySegmentTakesTheFarthestRow) {
  // nothing is near 1000: the segment takes the row at 50, the farthest from its centroid
  FeatureRows rows = line({0, 1, 2, 3, 50, 100, 101, 102, 103});
  const Trained trained = iterate(world(), rows, on_line({1, 101, 1000}));
  EXPECT_TRUE(trained.run.converged);
  EXPECT_THAT(trained.run.sizes, testing::ElementsAre(4, 4, 1));
  EXPECT_THAT(trained.run.centroids.values, testing::ElementsAre(1.5F, 101.5F, 50.0F));
}

TEST(Lloyd, SeveralEmptySegmentsTakeDifferentRows) {
  FeatureRows rows = line({0, 0, 0, 7, 7, 7, 9, 20});
  const Trained trained = iterate(world(), rows, on_line({1, 500, 600, 700}));
  EXPECT_THAT(trained.run.sizes, testing::UnorderedElementsAre(3, 3, 1, 1));
  EXPECT_NEAR(trained.run.inertia, 0, 1e-9);
}

TEST(Lloyd, FewerDistinctRowsThanSegmentsLeavesFewerSegments) {
  FeatureRows rows = line({0.1F, 0.1F, 0.3F, 0.3F, 0.3F, 0.7F, 0.7F});
  const Trained trained = iterate(world(), rows, on_line({0.1F, 0.1F, 0.3F, 0.7F, 9}));
  EXPECT_TRUE(trained.run.converged);
  EXPECT_EQ(trained.run.centroids.count, 3U);
  EXPECT_THAT(trained.run.sizes, testing::UnorderedElementsAre(2, 3, 2));
}

TEST(Lloyd, TellsTightGroupsFarFromEachOtherApart) {
  // at 1e5 from the mean the scores' rounding errors are as large as the groups' squared distances
  std::vector<float> values;
  for (int i = 0; i < 200; ++i) {
    const float noise = static_cast<float>(i % 7) * 0.05F;
    values.push_back((i % 2 == 0 ? -1e5F : 1e5F) + (i % 4 < 2 ? -5.0F : 5.0F) + noise);
  }
  FeatureRows rows = line(values);
  const Trained trained = iterate(world(), rows, on_line({-100'004, -99'996, 99'996, 100'004}));
  EXPECT_THAT(trained.run.sizes, testing::ElementsAre(50, 50, 50, 50));
  EXPECT_LT(trained.run.iterations, 5U);
}

TEST(Lloyd, WorksInTinyUnits) {
  FeatureRows rows = line({1e-7F, 1.1e-7F, 5e-7F, 5.1e-7F, 9e-7F});
  const Trained trained = iterate(world(), rows, on_line({1e-7F, 5e-7F, 9e-7F}));
  EXPECT_THAT(trained.run.sizes, testing::ElementsAre(2, 2, 1));
}

TEST(Lloyd, OneSegmentIsTheMean) {
  FeatureRows rows = line({1, 2, 3, 10});
  const Trained trained = iterate(world(), rows, on_line({0}));
  EXPECT_THAT(trained.run.centroids.values, testing::ElementsAre(4.0F));
  EXPECT_EQ(trained.run.iterations, 2U);
  EXPECT_EQ(trained.run.updates, 1U);
  EXPECT_NEAR(trained.run.inertia, 50, 1e-9);
}

}  // namespace
}  // namespace tessera::cluster
