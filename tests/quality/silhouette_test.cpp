// The sampled silhouette, the sample itself, and the distances beneath.
#include "tessera/quality/silhouette.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numeric>

#include "quality/sample.hpp"
#include "quality/tables.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"
#include "tessera/numeric/random.hpp"
#include "tessera/quality/index.hpp"

namespace tessera {
namespace {

/// Three segments that overlap, of very different size: 1 row in 20 is in the last.
test::SmallTable overlapping(std::uint64_t rows) {
  const numeric::Random random(5, 0);
  test::SmallTable table;
  table.space = {2, {3}};
  table.segments = 3;
  for (std::uint64_t row = 0; row < rows; ++row) {
    const auto in_twenty = static_cast<std::int32_t>(random.below(20, row, 0));
    const std::int32_t label = in_twenty == 0 ? 2 : in_twenty % 2;
    table.labels.push_back(label);
    table.values.push_back({4 * random.uniform(row, 1) + label, 3 * random.uniform(row, 2)});
    table.codes.push_back({static_cast<std::uint16_t>(random.below(3, row, 3))});
  }
  return table;
}

TEST(Silhouette, SampleEstimatesTheExactValue) {
  const test::SmallTable table = overlapping(3000);
  const test::Shard mine(table, test::world());
  const auto exact = quality::silhouette(test::world(), mine.labelled());
  ASSERT_TRUE(exact && exact->variant == quality::Variant::kExact);
  int beyond_two = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto sampled = quality::silhouette(
        test::world(), mine.labelled(), {.exact_rows = 2999, .sample_rows = 300, .seed = seed});
    ASSERT_TRUE(sampled);
    EXPECT_EQ(sampled->variant, quality::Variant::kSampled);
    EXPECT_GE(sampled->rows, 300U);
    EXPECT_LE(sampled->rows, 303U);
    EXPECT_GT(sampled->standard_error, 0.001);
    EXPECT_LT(sampled->standard_error, 0.03);
    const double off = std::fabs(sampled->value - exact->value) / sampled->standard_error;
    EXPECT_LT(off, 4);
    beyond_two += off > 2 ? 1 : 0;
  }
  EXPECT_LE(beyond_two, 3);  // 0.5 expected of 10
}

TEST(Silhouette, SampleIsTheSameBitsOnOneRank) {
  const test::SmallTable table = overlapping(2000);
  const comm::LocalCommunicator alone;
  const quality::SilhouetteOptions options{.exact_rows = 0, .sample_rows = 700, .seed = 3};
  const test::Shard mine(table, test::world());
  const test::Shard all(table, alone);
  const auto together = quality::silhouette(test::world(), mine.labelled(), options);
  const auto one = quality::silhouette(alone, all.labelled(), options);
  ASSERT_TRUE(together && one);
  EXPECT_EQ(together->value, one->value);
  EXPECT_EQ(together->standard_error, one->standard_error);
  EXPECT_EQ(together->rows, one->rows);
  EXPECT_EQ(together->segments, one->segments);
}

TEST(Silhouette, SampleOfAllRowsIsExact) {
  const test::SmallTable table = overlapping(100);
  const test::Shard mine(table, test::world());
  const auto exact = quality::silhouette(test::world(), mine.labelled());
  const auto sampled = quality::silhouette(test::world(), mine.labelled(),
                                           {.exact_rows = 0, .sample_rows = 1000, .seed = 0});
  ASSERT_TRUE(exact && sampled);
  EXPECT_EQ(sampled->variant, quality::Variant::kExact);
  EXPECT_EQ(sampled->value, exact->value);
}

TEST(Silhouette, DoesNotDependOnTheUnit) {
  test::SmallTable table = overlapping(400);
  table.codes.clear();
  table.space.levels.clear();
  const test::Shard mine(table, test::world());
  const auto plain = quality::silhouette(test::world(), mine.labelled());
  for (const double unit : {0x1p-60, 0x1p60}) {
    test::SmallTable scaled = table;
    for (auto& row : scaled.values) {
      // single precision first, so that the scaling itself rounds nothing
      row = {static_cast<double>(static_cast<float>(row[0])) * unit,
             static_cast<double>(static_cast<float>(row[1])) * unit};
    }
    const test::Shard shard(scaled, test::world());
    const auto other = quality::silhouette(test::world(), shard.labelled());
    ASSERT_TRUE(plain && other);
    EXPECT_EQ(other->value, plain->value);
  }
}

TEST(Silhouette, EqualRowsHaveNone) {
  test::SmallTable table;
  table.space = {1, {}};
  table.segments = 2;
  table.values.assign(6, {7.5});
  table.codes.resize(6);
  table.labels = {0, 1, 0, 1, 0, 1};
  const test::Shard mine(table, test::world());
  const auto result = quality::silhouette(test::world(), mine.labelled());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->value, 0);
  const quality::Labelled data = mine.labelled();
  const quality::SilhouetteOptions sampling;
  quality::IndexTask task(test::world(), data, {}, sampling, no_progress());
  const auto value_of = [&](const char* index) {
    return quality::measure(quality::find_index(index), task).value().value;
  };
  EXPECT_EQ(value_of("calinski_harabasz"), 1.0);  // as scikit-learn
  EXPECT_EQ(value_of("davies_bouldin"), 0.0);
  EXPECT_FALSE(quality::measure(quality::find_index("inertia"), task));  // without centroids
}

TEST(Silhouette, ReportsProgressToTheEnd) {
  const test::SmallTable table = overlapping(1300);
  const test::Shard mine(table, test::world());
  struct Watcher : Progress {
    void step(std::string_view name, std::uint64_t done, std::uint64_t total) override {
      EXPECT_EQ(name, "silhouette");
      EXPECT_EQ(total, 1300U);
      seen.push_back(done);
    }
    std::vector<std::uint64_t> seen;
  } watcher;
  ASSERT_TRUE(quality::silhouette(test::world(), mine.labelled(), {}, watcher));
  ASSERT_GE(watcher.seen.size(), 2U);
  EXPECT_TRUE(std::ranges::is_sorted(watcher.seen));
  EXPECT_EQ(watcher.seen.back(), 1300U);
}

TEST(Labelled, RefusesLabelsThatAreNoSegment) {
  test::SmallTable table = overlapping(10);
  table.labels[9] = 3;  // on the last rank that has rows
  const test::Shard mine(table, test::world());
  EXPECT_THROW((void)quality::silhouette(test::world(), mine.labelled()), Error);
}

TEST(Sample, AllocatesInProportionButSomeToEach) {
  const std::vector<std::uint64_t> sizes = {900'000, 99'000, 1'000, 4, 0};
  EXPECT_THAT(quality::allocate(sizes, 2'000),
              ::testing::ElementsAre(1800, 198, quality::kFewestPerSegment, 4, 0));
}

TEST(Sample, TakesTheSameRowsAtAnyNumberOfRanks) {
  const test::SmallTable table = overlapping(1000);
  const std::vector<std::uint64_t> take = {50, 40, 10};
  const test::Shard mine(table, test::world());
  std::vector<std::uint64_t> rows = quality::choose_rows(test::world(), mine.labelled(), take, 11);
  EXPECT_TRUE(std::ranges::is_sorted(rows));
  for (std::uint64_t& row : rows) {
    row += mine.share().first;
  }
  const std::vector<std::uint64_t> together = test::world().all_gather(rows);

  const comm::LocalCommunicator alone;
  const test::Shard all(table, alone);
  EXPECT_EQ(together, quality::choose_rows(alone, all.labelled(), take, 11));
  EXPECT_NE(together, quality::choose_rows(alone, all.labelled(), take, 12));
  std::vector<std::uint64_t> taken(3);
  for (const std::uint64_t row : together) {
    ++taken[static_cast<std::size_t>(table.labels[row])];
  }
  EXPECT_EQ(taken, take);
}

const comm::Communicator& alone() {
  static const comm::LocalCommunicator one;
  return one;
}

TEST(Sample, TakesAsManyOfEqualKeysOnAnyRanks) {
  // of each segment 40 rows, all of one key but for one row
  const std::vector<std::uint64_t> take = {1, 7, 40};
  for (const comm::Communicator* comm : {&test::world(), &alone()}) {
    const comm::Share share = comm::share_of(120, comm->rank(), comm->size());
    features::FeatureRows rows({1, {}}, share.count, share.first);
    std::vector<std::int32_t> labels;
    std::vector<std::uint64_t> keys;
    for (std::uint64_t row = share.first; row < share.first + share.count; ++row) {
      labels.push_back(static_cast<std::int32_t>(row % 3));
      keys.push_back(numeric::mix(row < 3 ? 100 + row : 1));
    }
    rows.set_keys(keys);
    std::vector<std::uint64_t> taken(3);
    for (const std::uint64_t row : quality::choose_rows(*comm, {rows, labels, 3}, take, 5)) {
      ++taken[static_cast<std::size_t>(labels[row])];
    }
    comm->all_reduce(std::span<std::uint64_t>(taken), comm::Op::kSum);
    EXPECT_EQ(taken, take);
  }
}

}  // namespace
}  // namespace tessera
