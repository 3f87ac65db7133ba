#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <any>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>

#include "cluster/bisecting/split_tree.hpp"
#include "cluster/methods.hpp"
#include "support/expect_error.hpp"
#include "support/feature_tables.hpp"
#include "support/world.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;
using test::world;

const Space kSpace{4, {3, 5}};

Trained train(const comm::Communicator& comm, FeatureRows& rows, std::uint64_t segments,
              const std::map<std::string, std::string>& options = {}, std::uint64_t seed = 3) {
  const std::unique_ptr<Method> method = make_bisecting();
  for (const auto& [name, value] : options) {
    EXPECT_TRUE(method->set(name, value));
  }
  TrainingObserver nobody;
  return method->train(comm, rows, {.segments = segments, .seed = seed}, nobody);
}

SplitTree grow(FeatureRows& rows, std::uint64_t segments) {
  const DataFacts facts = survey(world(), rows);
  TrainingObserver nobody;
  return grow_tree(world(), rows, facts, {.segments = segments, .seed = 3}, nobody);
}

/// All that a segmentation lists, as text.
class Listing final : public ValueVisitor {
 public:
  void number(std::string_view name, std::uint64_t value) override { add(name, value); }
  void number(std::string_view name, double value) override { add(name, value); }
  void array(std::string_view name, std::span<const float> values, std::size_t) override {
    add_all(name, values);
  }
  void array(std::string_view name, std::span<const double> values, std::size_t) override {
    add_all(name, values);
  }
  void array(std::string_view name, std::span<const std::uint64_t> values, std::size_t) override {
    add_all(name, values);
  }
  [[nodiscard]] static std::string of(const Segmentation& segmentation) {
    Listing listing;
    segmentation.visit(listing);
    return listing.text_;
  }

 private:
  template <typename T>
  void add(std::string_view name, T value) {
    text_ += fmt::format("{} {}\n", name, value);
  }
  template <typename Values>
  void add_all(std::string_view name, const Values& values) {
    std::ranges::for_each(values, [&](const auto& value) { add(name, value); });
  }

  std::string text_;
};

/// Gives back what a segmentation has listed, but for what a test changes.
class Replay final : public ValueVisitor, public ValueSource {
 public:
  explicit Replay(const Segmentation& segmentation) { segmentation.visit(*this); }

  void number(std::string_view name, std::uint64_t value) override { add(name, value); }
  void number(std::string_view name, double value) override { add(name, value); }
  void array(std::string_view name, std::span<const float> values, std::size_t) override {
    add(name, std::vector(values.begin(), values.end()));
  }
  void array(std::string_view name, std::span<const double> values, std::size_t) override {
    add(name, std::vector(values.begin(), values.end()));
  }
  void array(std::string_view name, std::span<const std::uint64_t> values, std::size_t) override {
    add(name, std::vector(values.begin(), values.end()));
  }

  void number(std::string_view name, std::uint64_t& value) const override { get(name, value); }
  void number(std::string_view name, double& value) const override { get(name, value); }
  void array(std::string_view name, std::vector<float>& values, std::size_t) const override {
    get(name, values);
  }
  void array(std::string_view name, std::vector<double>& values, std::size_t) const override {
    get(name, values);
  }
  void array(std::string_view name, std::vector<std::uint64_t>& values,
             std::size_t) const override {
    get(name, values);
  }
  [[nodiscard]] bool has(std::string_view name) const override {
    return values_.contains(std::string(name));
  }

  [[nodiscard]] std::vector<std::uint64_t>& integers(const std::string& name) {
    return std::any_cast<std::vector<std::uint64_t>&>(values_.at(name));
  }

 private:
  template <typename T>
  void add(std::string_view name, T value) {
    values_[std::string(name)] = std::move(value);
  }
  template <typename T>
  void get(std::string_view name, T& value) const {
    value = std::any_cast<T>(values_.at(std::string(name)));
  }

  std::map<std::string, std::any> values_;
};

TEST(Bisecting, RefusesATreeThatNoTrainingMade) {
  FeatureRows shard = test::grouped_shard(world(), kSpace, 300, 9);
  const Trained trained = train(world(), shard, 4);
  const auto read = [&](const std::function<void(Replay&)>& change) {
    Replay values(*trained.segmentation);
    change(values);
    return make_bisecting()->read(kSpace, values);
  };
  EXPECT_EQ(Listing::of(*read([](Replay&) {})), Listing::of(*trained.segmentation));
  Replay values(*trained.segmentation);
  const auto& children = values.integers("tree/first_child");
  const auto leaf = static_cast<std::size_t>(
      std::ranges::find(children.begin() + 1, children.end(), 0U) - children.begin());
  const std::size_t nodes = children.size();
  const std::function<void(Replay&)> damages[] = {
      [&](Replay& tree) { tree.integers("tree/first_child")[leaf] = nodes; },      // nowhere
      [&](Replay& tree) { tree.integers("tree/first_child")[leaf] = nodes - 2; },  // another's
      [&](Replay& tree) { tree.integers("tree/first_child")[0] = 0; },
      [&](Replay& tree) { tree.integers("tree/parent")[2] = 1; },
      [&](Replay& tree) { tree.integers("tree/size").pop_back(); },
  };
  for (const auto& damage : damages) {
    EXPECT_THROW((void)read(damage), std::invalid_argument);
  }
}

TEST(Bisecting, IsTheSameOnAnyRanks) {
  for (const std::uint64_t count : {4ULL, 300ULL, 6000ULL}) {
    FeatureRows whole = test::grouped_table(kSpace, count, 9);
    FeatureRows shard = test::grouped_shard(world(), kSpace, count, 9);
    for (const std::uint64_t segments : {1ULL, 4ULL, 15ULL}) {
      if (segments <= count) {
        const Trained expected = train(comm::LocalCommunicator(), whole, segments);
        const Trained found = train(world(), shard, segments);
        EXPECT_EQ(Listing::of(*found.segmentation), Listing::of(*expected.segmentation));
        EXPECT_EQ(found.iterations, expected.iterations);
      }
    }
  }
}

TEST(Bisecting, SizesAndLabelsAreThoseOfTheNearestCentroids) {
  FeatureRows shard = test::grouped_shard(world(), kSpace, 2000, 9);
  for (const char* polish : {"0", "3"}) {
    const Trained found = train(world(), shard, 12, {{"polish", polish}});
    ASSERT_EQ(found.segmentation->segments(), 12U);
    EXPECT_EQ(found.labels, found.segmentation->labels(shard));
    std::vector<std::uint64_t> sizes(12);
    for (const std::int32_t label : found.labels) {
      ++sizes[static_cast<std::size_t>(label)];
    }
    world().all_reduce(std::span<std::uint64_t>(sizes), comm::Op::kSum);
    EXPECT_THAT(found.segmentation->sizes(), testing::ElementsAreArray(sizes));
    EXPECT_TRUE(std::ranges::is_sorted(sizes, std::greater<>()));
  }
}

TEST(SplitTree, IsOneAndItsInertiaNeverRises) {
  FeatureRows shard = test::grouped_shard(world(), kSpace, 3000, 9);
  const SplitTree whole = grow(shard, 40);
  ASSERT_EQ(whole.leaves.size(), 40U);
  ASSERT_EQ(whole.nodes.size(), 79U);
  EXPECT_EQ(whole.nodes[0].size, 3000U);
  for (std::size_t i = 0; i < whole.nodes.size(); ++i) {
    const SplitNode& node = whole.nodes[i];
    EXPECT_EQ(node.gain > 0, node.first_child > 0);
    if (node.first_child > 0) {
      const SplitNode& first = whole.nodes[node.first_child];
      const SplitNode& second = whole.nodes[node.first_child + 1];
      EXPECT_EQ(first.parent, i);
      EXPECT_EQ(second.parent, i);
      EXPECT_EQ(first.size + second.size, node.size);
      EXPECT_GE(first.size, second.size);
    }
  }
}

TEST(SplitTree, SplitsTheLeafThatGainsMostOneAtATime) {
  FeatureRows shard = test::grouped_shard(world(), kSpace, 3000, 9);
  const SplitTree whole = grow(shard, 40);
  for (const std::uint64_t segments : {2ULL, 3ULL, 11ULL, 27ULL}) {
    const SplitTree part = grow(shard, segments);
    ASSERT_EQ(part.nodes.size(), 2 * segments - 1);
    for (std::size_t i = 0; i < part.nodes.size(); ++i) {
      EXPECT_EQ(part.nodes[i].size, whole.nodes[i].size);
      EXPECT_EQ(part.nodes[i].parent, whole.nodes[i].parent);
    }
  }
  // of the leaves that there are before a split, none that is split later would have gained more
  for (std::size_t i = 1; i < whole.nodes.size(); i += 2) {
    const double gain = whole.nodes[whole.nodes[i].parent].gain;
    for (std::size_t other = 0; other < i; ++other) {
      if (whole.nodes[other].first_child > i) {
        EXPECT_LE(whole.nodes[other].gain, gain);
      }
    }
  }
}

TEST(SplitTree, LeavesEqualRowsTogether) {
  FeatureRows rows({2, {}}, world().is_root() ? 9 : 0, world().is_root() ? 0 : 9);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    rows.set_number(row, 0, static_cast<float>(row % 3));
  }
  const SplitTree tree = grow(rows, 5);
  EXPECT_EQ(tree.leaves.size(), 3U);
  const Trained found = train(world(), rows, 5);
  EXPECT_THAT(found.segmentation->sizes(), testing::ElementsAre(3, 3, 3));
  EXPECT_EQ(found.segmentation->inertia(), 0);
}

TEST(Bisecting, IsAsGoodAsScikitLearns) {
  std::ifstream file(TESSERA_GOLDEN_DIR "/bisecting.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  const nlohmann::json& points = golden.at("points");
  const comm::Share share = comm::share_of(points.size(), world().rank(), world().size());
  FeatureRows rows({3, {}}, share.count, share.first);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    for (std::size_t j = 0; j < 3; ++j) {
      rows.set_number(row, j, points[share.first + row][j].get<float>());
    }
  }
  for (const auto& [segments, inertia] : golden.at("inertias").items()) {
    for (const std::uint64_t seed : {0ULL, 4ULL, 7ULL}) {
      const Trained found = train(world(), rows, std::stoull(segments), {{"polish", "0"}}, seed);
      EXPECT_LE(found.segmentation->inertia(), 1.05 * inertia.at("least").get<double>())
          << segments << " segments, seed " << seed;
    }
  }
}

TEST(Bisecting, ShowsItsTree) {
  FeatureRows shard = test::grouped_shard(world(), kSpace, 300, 9);
  const Trained found = train(world(), shard, 3, {{"polish", "0"}});
  EXPECT_THAT(found.segmentation->describe(),
              testing::ContainsRegex("\n  300: .*\n    .*\n.*  segment 1\n"));
}

TEST(Bisecting, RefusesWhatCannotBe) {
  FeatureRows shard = test::grouped_shard(world(), kSpace, 5, 2);
  test::expect_error(ExitCode::kBadData, "6 segments cannot be made of 5 rows",
                     [&] { (void)train(world(), shard, 6); });
  test::expect_error(ExitCode::kUsage, "restarts 0", [&] {
    (void)train(world(), shard, 2, {{"restarts", "0"}});
  });
}

}  // namespace
}  // namespace tessera::cluster
