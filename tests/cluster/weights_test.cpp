// Rows that weigh differently: what whole weights give is what repeated rows give, bit for bit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "cluster/kmeans/kmeans.hpp"
#include "support/feature_tables.hpp"
#include "support/world.hpp"
#include "tessera/cluster/method.hpp"
#include "tessera/features/rows/doubled_keys.hpp"
#include "tessera/features/rows/id_keys.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;
using numeric::Mass;
using test::world;

const Space kSpace{3, {3, 40}};

/// A table's rows, how often each counts, and from them a rank's share of either form of it.
struct Weighted {
  FeatureRows rows;
  std::vector<Mass> masses;

  Weighted(std::uint64_t count, Mass least, Mass most)
      : rows(test::grouped_table(kSpace, count, 5)) {
    const numeric::Random random(3, 1002);
    for (std::uint64_t row = 0; row < count; ++row) {
      masses.push_back(least + static_cast<Mass>(random.below(
                                   static_cast<std::uint64_t>(most - least + 1), row, 0)));
    }
  }

  [[nodiscard]] std::uint64_t key(std::uint64_t row) const {
    return numeric::mix(numeric::mix(row + 77) + rows.content_hash(row));
  }

  /// `exponent`: weights are the masses times 2^exponent.
  [[nodiscard]] FeatureRows by_mass(const comm::Communicator& comm, int exponent = 0) const {
    std::vector<std::uint64_t> order(rows.rows());
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    FeatureRows shard = share(comm, order);
    std::vector<Mass> mine;
    for (std::uint64_t i = 0; i < shard.rows(); ++i) {
      mine.push_back(masses[shard.first_row() + i]);
    }
    shard.set_masses(mine, exponent);
    return shard;
  }

  /// Each row as often as its mass says, backwards.
  [[nodiscard]] FeatureRows repeated(const comm::Communicator& comm) const {
    std::vector<std::uint64_t> order;
    for (std::uint64_t row = rows.rows(); row-- > 0;) {
      order.insert(order.end(), static_cast<std::size_t>(masses[row]), row);
    }
    FeatureRows shard = share(comm, order);
    shard.set_drawn_masses(features::masses_of_keys(comm, shard.stored_keys(), {}));
    return shard;
  }

 private:
  [[nodiscard]] FeatureRows share(const comm::Communicator& comm,
                                  const std::vector<std::uint64_t>& order) const {
    const comm::Share mine = comm::share_of(order.size(), comm.rank(), comm.size());
    FeatureRows shard(kSpace, mine.count, mine.first, features::Unseen::kAbsent);
    std::vector<std::uint64_t> keys;
    for (std::uint64_t i = 0; i < mine.count; ++i) {
      shard.copy_row(rows, order[mine.first + i], i);
      keys.push_back(key(order[mine.first + i]));
    }
    shard.set_keys(std::move(keys));
    return shard;
  }
};

void expect_same(const KMeansResult& found, const KMeansResult& expected) {
  EXPECT_EQ(found.best.centroids, expected.best.centroids);
  EXPECT_EQ(found.best.weights, expected.best.weights);
  EXPECT_EQ(found.best.means, expected.best.means);
  EXPECT_EQ(found.best.inertia, expected.best.inertia);
  EXPECT_EQ(found.best.silhouette.value, expected.best.silhouette.value);
  EXPECT_EQ(found.best.silhouette.standard_error, expected.best.silhouette.standard_error);
  EXPECT_EQ(found.best.iterations, expected.best.iterations);
  EXPECT_EQ(found.best_restart, expected.best_restart);
}

TEST(Weights, AreRepeatedRows) {
  // the last ones are drawn from, for seeds and for the silhouette
  for (const auto& [count, most] :
       {std::pair(6ULL, Mass{3}), std::pair(900ULL, Mass{5}), std::pair(9000ULL, Mass{3})}) {
    const Weighted table(count, 1, most);
    for (const Init init : {Init::kParallel, Init::kPlusPlus, Init::kRandom}) {
      FeatureRows rows = table.by_mass(world());
      FeatureRows repeated = table.repeated(world());
      const KMeansOptions options{.segments = 4, .init = init, .restarts = 2, .seed = 17};
      expect_same(train_kmeans(world(), rows, options), train_kmeans(world(), repeated, options));
    }
  }
}

TEST(Weights, FillEmptySegmentsAsRepeatedRowsDo) {
  const Weighted table(300, 1, 4);
  Centroids given(kSpace, 12);  // all but one are far from every row, and equal
  for (std::size_t i = 1; i < 12; ++i) {
    given.row(i)[0] = 1e6F;
  }
  const KMeansOptions options{.segments = 12, .given = given};
  FeatureRows rows = table.by_mass(world());
  FeatureRows repeated = table.repeated(world());
  const KMeansResult found = train_kmeans(world(), rows, options);
  expect_same(found, train_kmeans(world(), repeated, options));
  EXPECT_GT(found.best.sizes.size(), 4U);
}

TEST(Weights, SplitAsRepeatedRowsDo) {
  const Weighted table(700, 1, 3);
  TrainingObserver nobody;
  const TrainTask task{.segments = 9, .seed = 3};
  const auto train = [&](FeatureRows rows) {
    auto method = make_method("bisecting");
    EXPECT_TRUE(method->set("restarts", "2"));
    return method->train(world(), rows, task, nobody);
  };
  const Trained found = train(table.by_mass(world()));
  const Trained expected = train(table.repeated(world()));
  EXPECT_EQ(*found.segmentation->centroids(), *expected.segmentation->centroids());
  EXPECT_EQ(found.segmentation->inertia(), expected.segmentation->inertia());
  const auto sizes = expected.segmentation->sizes();
  EXPECT_THAT(found.segmentation->weights(),
              testing::ElementsAreArray(std::vector<double>(sizes.begin(), sizes.end())));
  EXPECT_TRUE(expected.segmentation->weights().empty());
}

TEST(Weights, AreTheSameInOtherUnitsButForWhatTheyAddUpTo) {
  const Weighted table(500, 1, 5);
  FeatureRows rows = table.by_mass(world());
  FeatureRows eighths = table.by_mass(world(), -3);
  const KMeansOptions options{.segments = 4, .restarts = 2, .seed = 1};
  const KMeansResult whole = train_kmeans(world(), rows, options);
  const KMeansResult small = train_kmeans(world(), eighths, options);
  EXPECT_EQ(small.best.centroids, whole.best.centroids);
  EXPECT_EQ(small.best.inertia, whole.best.inertia / 8);
}

TEST(Weights, AreTheSameOnAnyRanks) {
  const Weighted table(6000, 0, 1000);
  const comm::LocalCommunicator alone;
  FeatureRows whole = table.by_mass(alone, -7);
  FeatureRows shard = table.by_mass(world(), -7);
  const KMeansOptions options{.segments = 30, .restarts = 1, .seed = 2};
  const KMeansResult found = train_kmeans(world(), shard, options);
  expect_same(found, train_kmeans(alone, whole, options));
}

TEST(Weights, Of0CountForNothing) {
  Weighted table(600, 0, 2);
  for (std::uint64_t row = 0; row < 600; ++row) {
    if (table.masses[row] == 0) {
      table.rows.set_number(row, 1, 1e9F);  // would show in any sum
    }
  }
  FeatureRows rows = table.by_mass(world());
  FeatureRows repeated = table.repeated(world());  // has none of them
  const KMeansOptions options{.segments = 5, .restarts = 2, .seed = 8};
  expect_same(train_kmeans(world(), rows, options), train_kmeans(world(), repeated, options));
}

TEST(Weights, AreThoseOfScikitLearn) {
  const auto golden = nlohmann::json::parse(std::ifstream(TESSERA_GOLDEN_DIR "/weighted.json"));
  for (const nlohmann::json& c : golden.at("cases")) {
    const std::vector<std::vector<float>> points = c.at("points");
    const std::vector<double> weights = c.at("weights");
    const std::vector<std::vector<float>> start = c.at("start");
    const std::vector<std::vector<double>> centroids = c.at("centroids");
    const comm::Share share = comm::share_of(points.size(), world().rank(), world().size());
    const double largest = *std::ranges::max_element(weights);
    const bool whole = std::ranges::all_of(weights, [](double w) { return w == std::trunc(w); });
    const int exponent = whole ? 0 : std::ilogb(largest) - 60;
    FeatureRows rows({3, {}}, share.count, share.first);
    std::vector<Mass> masses;
    for (std::uint64_t i = 0; i < share.count; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        rows.set_number(i, j, points[share.first + i][j]);
      }
      masses.push_back(std::llrint(std::ldexp(weights[share.first + i], -exponent)));
    }
    rows.set_masses(masses, exponent);
    Centroids given({3, {}}, start.size());
    for (std::size_t s = 0; s < start.size(); ++s) {
      std::ranges::copy(start[s], given.row(s).begin());
    }
    const KMeansResult found = train_kmeans(
        world(), rows, {.segments = start.size(), .given = given, .lloyd = {.tolerance = 0}});
    ASSERT_EQ(found.best.centroids.count, centroids.size());
    const double inertia = c.at("inertia");
    EXPECT_NEAR(found.best.inertia, inertia, 1e-6 * inertia);
    for (const std::vector<double>& centroid : centroids) {  // in another order
      bool is_found = false;
      for (std::size_t s = 0; s < centroids.size(); ++s) {
        const auto ours = found.best.centroids.row(s);
        is_found = is_found || std::ranges::equal(ours, centroid, [](float a, double b) {
                     return std::fabs(static_cast<double>(a) - b) < 1e-5;
                   });
      }
      EXPECT_TRUE(is_found) << centroid.at(0);
    }
  }
}

}  // namespace
}  // namespace tessera::cluster
