#include "tessera/features/rows/draw_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "support/feature_tables.hpp"
#include "support/world.hpp"
#include "tessera/features/rows/gather.hpp"

namespace tessera::features {
namespace {

using numeric::KeyedRandom;
using test::world;

/// A table of one number, equal to the key of its row, in the order that `seed` shuffles it to.
FeatureRows shuffled(const comm::Communicator& comm, std::uint64_t rows, std::uint64_t seed) {
  std::vector<std::uint64_t> order(rows);
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  const numeric::Random random(seed, 1000);
  for (std::uint64_t i = rows; i > 1; --i) {
    std::swap(order[i - 1], order[random.below(i, i, 0)]);
  }
  const comm::Share share = comm::share_of(rows, comm.rank(), comm.size());
  FeatureRows shard({1, {}}, share.count, share.first);
  std::vector<std::uint64_t> keys;
  for (std::uint64_t i = 0; i < share.count; ++i) {
    shard.set_number(i, 0, static_cast<float>(order[share.first + i]));
    keys.push_back(numeric::mix(order[share.first + i]));
  }
  shard.set_keys(keys);
  return shard;
}

std::vector<float> numbers(const FeatureRows& rows) {
  std::vector<float> values;
  for (std::uint64_t i = 0; i < rows.rows(); ++i) {
    values.push_back(rows.number(i, 0));
  }
  return values;
}

std::vector<float> masses(const FeatureRows& shard) {
  std::vector<float> mass = numbers(shard);
  for (float& value : mass) {
    value = static_cast<int>(value) % 5 == 0 ? 0.0F : std::fmod(value, 7.0F) + 0.5F;
  }
  return mass;
}

TEST(DrawRows, AreTheSameInAnyOrderOnAnyRanks) {
  for (const std::uint64_t rows : {1ULL, 40ULL, 3000ULL}) {
    for (const std::uint64_t count : {0ULL, 1ULL, 7ULL, 64ULL, 5000ULL}) {
      std::set<std::vector<float>> alike;
      std::set<std::vector<float>> by_mass;
      for (const std::uint64_t seed : {1ULL, 2ULL, 3ULL}) {
        const FeatureRows shard = shuffled(world(), rows, seed);
        const KeyedRandom random = numeric::Random(9, 1).keyed(count, 0);
        const auto drawn = draw_rows(world(), shard, count, random);
        alike.insert(numbers(gather_by_key(world(), shard, drawn).rows));
        const std::vector<float> mass = masses(shard);
        const auto heavy = draw_rows(world(), shard, count, random, mass, 4.0 * 0.8 * 3000);
        by_mass.insert(numbers(gather_by_key(world(), shard, heavy).rows));
        EXPECT_TRUE(std::ranges::is_sorted(drawn));
      }
      const FeatureRows whole = shuffled(comm::LocalCommunicator(), rows, 4);
      const auto drawn =
          draw_rows(comm::LocalCommunicator(), whole, count, numeric::Random(9, 1).keyed(count, 0));
      alike.insert(numbers(gather_by_key(comm::LocalCommunicator(), whole, drawn).rows));
      ASSERT_EQ(alike.size(), 1U);
      EXPECT_EQ(alike.begin()->size(), std::min(rows, count));
      ASSERT_EQ(by_mass.size(), 1U);
      const std::uint64_t with_mass = rows - (rows + 4) / 5;
      EXPECT_EQ(by_mass.begin()->size(), std::min(with_mass, count));
    }
  }
}

TEST(DrawRows, TakesRowsInProportionToTheirMass) {
  // the first drawn of four rows of masses 1, 2, 3, 0
  FeatureRows rows({1, {}}, 4, 0);
  const std::vector<float> mass = {1, 2, 3, 0};
  std::array<int, 4> times{};
  constexpr int kDraws = 60'000;
  for (int draw = 0; draw < kDraws; ++draw) {
    const KeyedRandom random = numeric::Random(1, 1).keyed(static_cast<std::uint64_t>(draw), 0);
    ++times[draw_rows(comm::LocalCommunicator(), rows, 1, random, mass, 6)[0]];
  }
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(times[i], kDraws * static_cast<double>(mass[i]) / 6, 5 * std::sqrt(kDraws / 4));
  }
}

TEST(DrawRows, FindsRowsOfLittleMassToo) {
  // masses so unequal that the bound that follows from their sum is passed by few
  const FeatureRows shard = shuffled(world(), 200, 1);
  std::vector<float> mass = numbers(shard);
  for (float& value : mass) {
    value = std::pow(8.0F, -value / 10);
  }
  const auto drawn = draw_rows(world(), shard, 20, numeric::Random(1, 1).keyed(0, 0), mass, 5.3);
  const std::vector<float> found = numbers(gather_by_key(world(), shard, drawn).rows);
  EXPECT_EQ(found.size(), 20U);
  EXPECT_GE(std::ranges::count_if(found, [](float value) { return value < 40; }), 18);
}

TEST(GatherByKey, OrdersByKeyThenValues) {
  const comm::Share share = comm::share_of(30, world().rank(), world().size());
  FeatureRows shard({1, {3}}, share.count, share.first);
  std::vector<std::uint64_t> keys;
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = 0; i < share.count; ++i) {
    const std::uint64_t row = share.first + i;
    keys.push_back(2 - row / 10);
    shard.set_number(i, 0, static_cast<float>((7 * row) % 5));
    shard.set_code(i, 0, static_cast<std::uint16_t>(row % 3));
    all.push_back(i);
  }
  shard.set_keys(keys);
  const KeyOrderedRows gathered = gather_by_key(world(), shard, all);
  ASSERT_EQ(gathered.rows.rows(), 30U);
  using Row = std::tuple<std::uint64_t, float, std::uint16_t>;
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 30; ++i) {
    rows.emplace_back(gathered.rows.key(i), gathered.rows.number(i, 0), gathered.rows.code(i, 0));
    EXPECT_EQ(gathered.rows.key(i), 2 - gathered.places[i] / 10);  // rank order is table order
  }
  EXPECT_TRUE(std::ranges::is_sorted(rows));
}

}  // namespace
}  // namespace tessera::features
