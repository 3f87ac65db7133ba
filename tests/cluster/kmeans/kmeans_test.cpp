#include "cluster/kmeans/kmeans.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "cluster/assign.hpp"
#include "support/expect_error.hpp"
#include "support/feature_tables.hpp"
#include "support/world.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;
using test::world;

const Space kSpace{4, {3, 5}};

TEST(KMeans, IsTheSameOnAnyRanks) {
  for (const std::uint64_t count : {4ULL, 1000ULL, 8000ULL}) {
    FeatureRows whole = test::grouped_table(kSpace, count, 5);
    FeatureRows shard = test::grouped_shard(world(), kSpace, count, 5);
    for (const Init init : {Init::kParallel, Init::kPlusPlus, Init::kRandom, Init::kRows}) {
      const KMeansOptions options{.segments = 4, .init = init, .restarts = 3, .seed = 17};
      const KMeansResult expected = train_kmeans(comm::LocalCommunicator(), whole, options);
      const KMeansResult found = train_kmeans(world(), shard, options);
      EXPECT_EQ(found.best.centroids, expected.best.centroids);
      EXPECT_EQ(found.best.sizes, expected.best.sizes);
      EXPECT_EQ(found.best.inertia, expected.best.inertia);
      EXPECT_EQ(found.best_restart, expected.best_restart);
    }
  }
}

TEST(KMeans, DoesNotDependOnTheOrderOfTheRows) {
  // given centroids, the order of the rows plays no part at all
  FeatureRows rows = test::grouped_table(kSpace, 500, 5);
  FeatureRows reversed(kSpace, 500, 0);
  for (std::uint64_t row = 0; row < 500; ++row) {
    reversed.copy_row(rows, row, 499 - row);
  }
  Centroids given(kSpace, 4);
  for (std::size_t i = 0; i < 4; ++i) {
    rows.expand(i, given.row(i));
  }
  const KMeansOptions options{.segments = 4, .given = given};
  const comm::LocalCommunicator alone;
  const KMeansResult a = train_kmeans(alone, rows, options);
  const KMeansResult b = train_kmeans(alone, reversed, options);
  EXPECT_EQ(a.best.centroids, b.best.centroids);
  EXPECT_EQ(a.best.inertia, b.best.inertia);
}

TEST(KMeans, NumbersSegmentsLargestFirst) {
  FeatureRows whole = test::grouped_table(kSpace, 1000, 5);
  FeatureRows shard = test::grouped_shard(world(), kSpace, 1000, 5);
  const KMeansResult result = train_kmeans(world(), shard, {.segments = 6});
  EXPECT_TRUE(std::ranges::is_sorted(result.best.sizes, std::greater<>()));
  std::vector<std::uint64_t> sizes(6);
  for (const std::int32_t label : assign(whole, result.best.centroids)) {
    ++sizes[static_cast<std::size_t>(label)];
  }
  EXPECT_EQ(result.best.sizes, sizes);
}

TEST(KMeans, KeepsTheBestRestart) {
  struct Watcher : TrainingObserver {
    void on_run(std::size_t restart, const RunReport& run) override {
      ++runs;
      if (run.inertia < least) {
        least = run.inertia;
        least_restart = restart;
      }
    }
    std::uint32_t runs = 0;
    double least = 1e300;
    std::size_t least_restart = 0;
  };
  FeatureRows shard = test::grouped_shard(world(), {2, {}}, 600, 9);
  KMeansOptions options{.segments = 9, .init = Init::kRandom, .restarts = 8};
  options.lloyd.tolerance = 0;
  Watcher watcher;
  const KMeansResult result = train_kmeans(world(), shard, options, watcher);
  EXPECT_EQ(watcher.runs, 8U);
  EXPECT_EQ(result.best_restart, watcher.least_restart);
  EXPECT_NEAR(result.best.inertia, watcher.least, 1e-9 * watcher.least);
}

TEST(KMeans, RefusesWhatCannotBe) {
  FeatureRows shard = test::grouped_shard(world(), kSpace, 5, 2);
  test::expect_error(ExitCode::kUsage, "0 segments in 1 runs",
                     [&] { (void)train_kmeans(world(), shard, {.segments = 0}); });
  test::expect_error(ExitCode::kUsage, "2 segments in 0 runs",
                     [&] { (void)train_kmeans(world(), shard, {.segments = 2, .restarts = 0}); });
  test::expect_error(ExitCode::kBadData, "6 segments cannot be made of 5 rows",
                     [&] { (void)train_kmeans(world(), shard, {.segments = 6}); });
}

TEST(KMeans, OfAsManySegmentsAsRowsHasNoInertia) {
  FeatureRows shard = test::grouped_shard(world(), kSpace, 5, 2);
  const KMeansResult result = train_kmeans(world(), shard, {.segments = 5});
  EXPECT_NEAR(result.best.inertia, 0, 1e-9);
  EXPECT_EQ(result.best.centroids.count, 5U);
}

TEST(KMeans, RowsAreInTheirOrderWhereverItMatters) {
  const Space space{12, {}};
  const FeatureRows first = test::grouped_shard(world(), space, 6000, 9);
  FeatureRows rows = first;
  struct Watcher : TrainingObserver {
    void on_iteration(std::size_t, const IterationReport& report) override {
      sorted = std::max(sorted, report.sorted);
    }
    void on_run(std::size_t, const RunReport& run) override { runs.push_back(run); }
    double sorted = 0;
    std::vector<RunReport> runs;
  } watcher;
  // the first group, of one run fewer than all, ends with one that is alone with the rows
  const auto restarts = static_cast<std::uint32_t>(runs_at_once(rows.row_bytes()) + 1);
  const KMeansOptions options{.segments = 7,
                              .init = Init::kRandom,
                              .restarts = restarts,
                              .lloyd = {.tolerance = 0},
                              .silhouette_sample = 0};
  (void)train_kmeans(world(), rows, options, watcher);
  EXPECT_GT(world().all_max(watcher.sorted), 0);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    ASSERT_EQ(test::dense_row(rows, row), test::dense_row(first, row));
  }

  const DataFacts facts = survey(world(), first);
  RowOrder order(rows);
  LloydObserver nobody;
  const Centroids last = seed_centroids(world(), first, facts, options.init, options.segments,
                                        options.seed, restarts - 1);
  const std::vector<LloydRun> expected =
      run_lloyd(world(), order, facts, quality::SilhouetteMonitor(world(), first, 0, 0), {last},
                options.lloyd, nobody);
  EXPECT_EQ(watcher.runs.back().inertia, expected.front().inertia);
  EXPECT_EQ(watcher.runs.back().iterations, expected.front().iterations);
}

}  // namespace
}  // namespace tessera::cluster
