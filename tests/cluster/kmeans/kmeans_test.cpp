#include "cluster/kmeans/kmeans.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <utility>

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

/// A rank's share of a table of rows on a coarse grid, symmetrical about 0, some of which are equal
/// and have equal ids too, in the order that `seed` shuffles it to.
FeatureRows grid_shard(const comm::Communicator& comm, std::uint64_t count, std::uint64_t seed) {
  std::vector<std::uint64_t> order(count);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  const numeric::Random random(seed, 1000);
  for (std::uint64_t i = count; i > 1; --i) {
    std::swap(order[i - 1], order[random.below(i, i, 0)]);
  }
  const comm::Share share = comm::share_of(count, comm.rank(), comm.size());
  FeatureRows shard({2, {3}}, share.count, share.first, features::Unseen::kAbsent);
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < share.count; ++i) {
    const std::uint64_t row = order[share.first + i];
    shard.set_number(i, 0, static_cast<float>(row % 9) - 4);
    shard.set_number(i, 1, static_cast<float>(row / 9 % 7) - 3);
    shard.set_code(i, 0, static_cast<std::uint16_t>(row % 3));
    keys.push_back(numeric::mix(numeric::mix(row % (count - count / 10)) + shard.content_hash(i)));
  }
  shard.set_keys(keys);
  return shard;
}

TEST(KMeans, IsTheSameInAnyOrderOfRowsWithKeys) {
  Centroids given({2, {3}}, 9);  // five of them far away and equal: they lose their rows
  for (std::size_t i = 4; i < 9; ++i) {
    given.row(i)[0] = 100;
  }
  for (std::size_t i = 0; i < 4; ++i) {
    given.row(i)[1] = static_cast<float>(i / 2);  // equal in pairs
  }
  for (const std::uint64_t count : {60ULL, 700ULL, 7000ULL}) {
    for (const std::optional<Init> init :
         {std::optional(Init::kParallel), std::optional(Init::kPlusPlus),
          std::optional(Init::kRandom), std::optional<Init>()}) {
      const KMeansOptions options{.segments = 9,
                                  .init = init.value_or(Init::kParallel),
                                  .given = init ? std::nullopt : std::optional(given),
                                  .restarts = 3,
                                  .lloyd = {.tolerance = 0},
                                  .silhouette_sample = 50,
                                  .seed = 17};
      FeatureRows whole = grid_shard(comm::LocalCommunicator(), count, 0);
      const KMeansResult expected = train_kmeans(comm::LocalCommunicator(), whole, options);
      for (const std::uint64_t shuffle : {1ULL, 2ULL, 3ULL}) {
        FeatureRows shard = grid_shard(world(), count, shuffle);
        const KMeansResult found = train_kmeans(world(), shard, options);
        EXPECT_EQ(found.best.centroids, expected.best.centroids);
        EXPECT_EQ(found.best.sizes, expected.best.sizes);
        EXPECT_EQ(found.best.inertia, expected.best.inertia);
        EXPECT_EQ(found.best.silhouette.value, expected.best.silhouette.value);
        EXPECT_EQ(found.best.iterations, expected.best.iterations);
        EXPECT_EQ(found.best_restart, expected.best_restart);
      }
    }
  }
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
