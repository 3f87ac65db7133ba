#include "cluster/seeding/seeding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "cluster/kmeans/lloyd.hpp"
#include "support/expect_error.hpp"
#include "support/feature_tables.hpp"
#include "support/world.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;
using test::world;

const Space kSpace{3, {4}};
constexpr Init kAll[] = {Init::kParallel, Init::kPlusPlus, Init::kRandom, Init::kRows};

Centroids seed(const comm::Communicator& comm, const FeatureRows& shard, Init init, std::size_t k,
               std::uint64_t seed = 5, std::uint32_t restart = 0) {
  return seed_centroids(comm, shard, survey(comm, shard), init, k, seed, restart);
}

bool is_a_row(const FeatureRows& rows, std::span<const float> centroid) {
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    if (std::ranges::equal(test::dense_row(rows, row), centroid)) {
      return true;
    }
  }
  return false;
}

TEST(Seeding, IsTheSameOnAnyRanks) {
  for (const std::uint64_t count : {4ULL, 50ULL, 700ULL, 9000ULL}) {
    const FeatureRows whole = test::grouped_table(kSpace, count, 5);
    const FeatureRows shard = test::grouped_shard(world(), kSpace, count, 5);
    for (const Init init : kAll) {
      for (const std::size_t k : {1U, 3U, 4U}) {
        EXPECT_EQ(seed(world(), shard, init, k), seed(comm::LocalCommunicator(), whole, init, k));
      }
    }
  }
}

TEST(Seeding, TakesDistinctRowsOrMeans) {
  const FeatureRows whole = test::grouped_table(kSpace, 200, 5);
  const FeatureRows shard = test::grouped_shard(world(), kSpace, 200, 5);
  for (const Init init : kAll) {
    const Centroids centroids = seed(world(), shard, init, 20);
    std::set<std::vector<float>> different;
    for (std::size_t i = 0; i < centroids.count; ++i) {
      EXPECT_TRUE(init == Init::kParallel || is_a_row(whole, centroids.row(i)));
      different.emplace(centroids.row(i).begin(), centroids.row(i).end());
    }
    EXPECT_EQ(different.size(), 20U);
  }
}

TEST(Seeding, OfRowsTakesThemAtEqualSteps) {
  const FeatureRows whole = test::grouped_table(kSpace, 11, 5);
  const Centroids centroids =
      seed(world(), test::grouped_shard(world(), kSpace, 11, 5), Init::kRows, 4);
  const std::uint64_t expected[] = {0, 2, 5, 8};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(std::ranges::equal(centroids.row(i), test::dense_row(whole, expected[i])));
  }
}

TEST(Seeding, DiffersBySeedAndRestart) {
  const FeatureRows shard = test::grouped_shard(world(), kSpace, 500, 5);
  for (const Init init : {Init::kParallel, Init::kPlusPlus, Init::kRandom}) {
    const Centroids one = seed(world(), shard, init, 5);
    EXPECT_NE(one, seed(world(), shard, init, 5, 6));
    EXPECT_NE(one, seed(world(), shard, init, 5, 5, 1));
  }
}

TEST(Seeding, BySquaredDistanceFindsFarGroups) {
  // 5 tight groups far apart, four of them of three rows: random rows would miss some nearly always
  for (const std::uint64_t count : {3000ULL, 30'000ULL}) {
    FeatureRows shard = test::grouped_shard(world(), {2, {}}, count, 1);
    for (std::uint64_t i = 0; i < shard.rows(); ++i) {
      const std::uint64_t row = (shard.first_row() + i) % (count / 3);
      const float far = row < 4 ? 100.0F * static_cast<float>(1 + row) : 0.0F;
      shard.set_number(i, 0, shard.number(i, 0) + far);
    }
    for (const Init init : {Init::kParallel, Init::kPlusPlus}) {
      std::set<int> found;
      const Centroids centroids = seed(world(), shard, init, 5);
      for (std::size_t i = 0; i < 5; ++i) {
        found.insert(static_cast<int>(centroids.row(i)[0] / 100));
      }
      EXPECT_EQ(found.size(), 5U);
    }
  }
}

TEST(Seeding, FindsGroupsOfEveryScale) {
  // eight single rows, each eight times as far out as the one before, and many equal ones
  const comm::Share share = comm::share_of(20'000, world().rank(), world().size());
  FeatureRows shard({1, {}}, share.count, share.first);
  for (std::uint64_t i = 0; i < shard.rows(); ++i) {
    const std::uint64_t row = shard.first_row() + i;
    shard.set_number(i, 0, row % 2500 == 7 ? std::pow(8.0F, static_cast<float>(row / 2500)) : 0);
  }
  const Centroids centroids = seed(world(), shard, Init::kParallel, 9);
  std::set<float> found(centroids.values.begin(), centroids.values.end());
  EXPECT_EQ(found, (std::set<float>{0, 1, 8, 64, 512, 4096, 32768, 262144, 2097152}));
}

TEST(Seeding, WithFewerDistinctRowsRepeatsSome) {
  FeatureRows shard({1, {}}, comm::share_of(60, world().rank(), world().size()).count,
                    comm::share_of(60, world().rank(), world().size()).first);
  for (std::uint64_t i = 0; i < shard.rows(); ++i) {
    shard.set_number(i, 0, static_cast<float>((shard.first_row() + i) % 3));
  }
  for (const Init init : kAll) {
    const Centroids centroids = seed(world(), shard, init, 7);
    EXPECT_EQ(centroids.count, 7U);
    if (init == Init::kParallel || init == Init::kPlusPlus) {
      EXPECT_EQ(std::set<float>(centroids.values.begin(), centroids.values.end()).size(), 3U);
    }
  }
}

}  // namespace
}  // namespace tessera::cluster
