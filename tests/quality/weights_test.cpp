// Indices of rows that weigh differently, against tables in which each stands as often.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "quality/tables.hpp"
#include "support/world.hpp"
#include "tessera/features/rows/doubled_keys.hpp"
#include "tessera/numeric/random.hpp"
#include "tessera/quality/index.hpp"
#include "tessera/quality/silhouette.hpp"
#include "tessera/quality/silhouette_monitor.hpp"

namespace tessera::quality {
namespace {

using nlohmann::json;
using numeric::Mass;
using test::Shard;
using test::SmallTable;
using test::world;

const json& golden() {
  static const json document = json::parse(std::ifstream(TESSERA_GOLDEN_DIR "/quality.json"));
  return document.at("cases");
}

std::vector<double> centroids_of(const SmallTable& table) {
  std::vector<double> centroids;
  for (int s = 0; s < table.segments; ++s) {
    for (std::size_t j = 0; j < table.space.dimensions(); ++j) {
      centroids.push_back(std::sin(static_cast<double>(s * 10) + static_cast<double>(j)));
    }
  }
  return centroids;
}

/// The table with the rows as often as `masses` say.
SmallTable repeated(const SmallTable& table, const std::vector<Mass>& masses) {
  SmallTable all{table.space, {}, {}, {}, table.segments};
  for (std::size_t row = 0; row < masses.size(); ++row) {
    for (Mass n = 0; n < masses[row]; ++n) {
      all.values.push_back(table.values[row]);
      all.codes.push_back(table.codes[row]);
      all.labels.push_back(table.labels[row]);
    }
  }
  return all;
}

std::vector<std::optional<IndexValue>> measure_all(const comm::Communicator& comm,
                                                   const SmallTable& table) {
  const Shard shard(table, comm);
  const Labelled data = shard.labelled();
  const std::vector<double> exact = centroids_of(table);
  const std::vector<float> centroids(exact.begin(), exact.end());
  const SilhouetteOptions sampling;
  IndexTask task(comm, data, centroids, sampling, no_progress());
  std::vector<std::optional<IndexValue>> found;
  for (const Index& index : all_indices()) {
    found.push_back(measure(index, task));
  }
  return found;
}

class WeightedIndices : public ::testing::TestWithParam<std::size_t> {
 protected:
  WeightedIndices() {
    const json& c = golden().at(GetParam());
    table_ = {{c.at("numeric"), c.at("levels")},
              c.at("values"),
              c.at("codes"),
              c.at("labels"),
              c.at("segments")};
    const numeric::Random random(GetParam(), 1003);
    for (std::uint64_t row = 0; row < table_.labels.size(); ++row) {
      masses_.push_back(static_cast<Mass>(random.below(4, row, 0)));
    }
    masses_[0] = 1;
  }

  SmallTable table_;
  std::vector<Mass> masses_;
};

TEST_P(WeightedIndices, AreThoseOfRepeatedRows) {
  SmallTable weighted = table_;
  weighted.masses = masses_;
  const auto found = measure_all(world(), weighted);
  const auto expected = measure_all(world(), repeated(table_, masses_));
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string_view name = all_indices()[i].name;
    ASSERT_EQ(found[i].has_value(), expected[i].has_value()) << name;
    if (found[i]) {
      EXPECT_EQ(found[i]->value, expected[i]->value) << name;
      EXPECT_EQ(found[i]->segments, expected[i]->segments) << name;
    }
  }
}

TEST_P(WeightedIndices, AreThoseWithoutWeightsWhereAllAreEqual) {
  SmallTable light = table_;
  light.masses.assign(table_.labels.size(), 3);
  light.exponent = -40;
  const auto found = measure_all(world(), light);
  const auto expected = measure_all(world(), table_);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::string_view name = all_indices()[i].name;
    ASSERT_EQ(found[i].has_value(), expected[i].has_value()) << name;
    if (found[i]) {
      const double scale = name == "inertia" ? std::ldexp(3, -40) : 1;
      EXPECT_NEAR(found[i]->value, scale * expected[i]->value,
                  1e-9 * (1e-6 + std::fabs(scale * expected[i]->value)))
          << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, WeightedIndices, ::testing::Range<std::size_t>(0, 3));

/// Three groups on a line, and the middle one heavy: row i of `count`.
SmallTable line(std::uint64_t count) {
  const numeric::Random random(1, 1004);
  SmallTable table{{1, {}}, {}, {}, {}, 3};
  for (std::uint64_t row = 0; row < count; ++row) {
    const auto group = static_cast<std::int32_t>(random.below(3, row, 0));
    table.values.push_back({2.0 * group + random.uniform(row, 1)});
    table.codes.emplace_back();
    table.labels.push_back(group);
    table.masses.push_back(group == 1 ? 50 + static_cast<Mass>(random.below(100, row, 2)) : 1);
  }
  table.exponent = -3;
  return table;
}

TEST(WeightedSilhouette, OfASampleEstimatesThatOfAllRows) {
  const SmallTable table = line(3000);
  const Shard shard(table, world());
  const auto exact = silhouette(world(), shard.labelled());
  const auto sampled =
      silhouette(world(), shard.labelled(), {.exact_rows = 100, .sample_rows = 400, .seed = 4});
  ASSERT_TRUE(exact && sampled);
  EXPECT_EQ(exact->variant, Variant::kExact);
  EXPECT_EQ(sampled->variant, Variant::kSampled);
  EXPECT_LT(sampled->rows, 500U);
  EXPECT_GT(sampled->standard_error, 0);
  EXPECT_NEAR(sampled->value, exact->value, 4 * sampled->standard_error);
  const comm::LocalCommunicator alone;
  const Shard whole(table, alone);
  EXPECT_EQ(sampled->value,
            silhouette(alone, whole.labelled(), {.exact_rows = 100, .sample_rows = 400, .seed = 4})
                ->value);
}

TEST(WeightedSilhouette, OfAMonitorIsThatOfAllRowsOrNear) {
  const SmallTable table = line(2000);
  Shard shard(table, world());
  const auto exact = silhouette(world(), shard.labelled());
  for (const std::uint64_t size : {300ULL, 5000ULL}) {
    const SilhouetteMonitor monitor(world(), shard.rows(), size, 1);
    SilhouetteTracker tracker(monitor, 3);
    std::vector<std::int32_t> labels;
    for (std::uint64_t row = 0; row < monitor.rows(); ++row) {
      labels.push_back(static_cast<std::int32_t>(monitor.sample().number(row, 0) / 2));
    }
    const SilhouetteSums mine = tracker.update(labels);
    const Estimate found =
        monitor.estimate({world().all_sum(mine.values), world().all_sum(mine.squares)});
    EXPECT_EQ(found.rows, std::min<std::uint64_t>(size, 2000));
    EXPECT_NEAR(found.value, exact->value, size < 2000 ? 0.03 : 1e-9);
    EXPECT_EQ(found.standard_error > 0, size < 2000);
  }
}

}  // namespace
}  // namespace tessera::quality
