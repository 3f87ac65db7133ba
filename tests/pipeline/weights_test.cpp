// Weights of rows from the table to the model and its evaluation, on any number of ranks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "support/expect_error.hpp"
#include "support/weighted_tables.hpp"
#include "support/world.hpp"
#include "tessera/io/h5_output.hpp"
#include "tessera/pipeline/evaluate.hpp"
#include "tessera/pipeline/train.hpp"

namespace tessera::pipeline {
namespace {

using test::MemoryTable;
using test::WeightedCustomers;
using test::world;

TrainOptions options_for(std::uint64_t segments) {
  TrainOptions options;
  options.fit.id = "id";
  options.fit.ignore = {"group"};
  options.task.segments = segments;
  options.min_group = 1;
  return options;
}

TrainOptions weighted(TrainOptions options) {
  options.fit.weight = "w";
  return options;
}

TrainResult train_quietly(const comm::Communicator& comm, const table::Table& table,
                          const TrainOptions& options) {
  Observer nobody;
  return train(comm, table, options, nobody);
}

EvaluateResult evaluate(const comm::Communicator& comm, const table::Table& table,
                        const model::Model& model, std::uint64_t exact_rows = 20'000) {
  Observer nobody;
  EvaluateOptions options{.label = {"group"}, .weight = {}};
  options.silhouette.exact_rows = exact_rows;
  options.silhouette.sample_rows = 60;
  return Evaluation(comm, table, model, options).run(nobody);
}

std::vector<double> as_weights(std::span<const std::uint64_t> sizes) {
  return {sizes.begin(), sizes.end()};
}

void expect_same(const EvaluateResult& found, const EvaluateResult& expected) {
  for (std::size_t i = 0; i < found.indices.size(); ++i) {
    const std::string_view name = found.indices[i].index->name;
    ASSERT_EQ(found.indices[i].value.has_value(), expected.indices[i].value.has_value()) << name;
    if (found.indices[i].value) {
      EXPECT_EQ(found.indices[i].value->value, expected.indices[i].value->value) << name;
      EXPECT_EQ(found.indices[i].value->standard_error, expected.indices[i].value->standard_error);
      EXPECT_EQ(found.indices[i].value->segments, expected.indices[i].value->segments) << name;
    }
  }
  EXPECT_EQ(found.labels.at(0).agreement->ari, expected.labels.at(0).agreement->ari);
  EXPECT_EQ(found.labels.at(0).agreement->nmi, expected.labels.at(0).agreement->nmi);
  EXPECT_EQ(found.weights, as_weights(expected.sizes));
}

void expect_same(const model::Profile& found, const model::Profile& expected) {
  ASSERT_EQ(found.numeric.size(), expected.numeric.size());
  for (std::size_t j = 0; j < found.numeric.size(); ++j) {
    EXPECT_EQ(found.numeric[j].mean, expected.numeric[j].mean);
    EXPECT_EQ(found.numeric[j].deviation, expected.numeric[j].deviation);
    EXPECT_EQ(found.numeric[j].means, expected.numeric[j].means);
  }
  ASSERT_EQ(found.categories.size(), expected.categories.size());
  for (std::size_t c = 0; c < found.categories.size(); ++c) {
    EXPECT_EQ(found.categories[c].weights, as_weights(expected.categories[c].counts));
    EXPECT_TRUE(expected.categories[c].weights.empty());
  }
}

/// Whole weights, in two orders of the rows, against the rows repeated.
void expect_repeated_rows(const WeightedCustomers& customers, const TrainOptions& options) {
  const auto repeated = customers.repeated();
  const TrainResult expected = train_quietly(world(), repeated, options);
  for (const std::uint64_t order : {0ULL, 3ULL}) {
    const auto table = customers.weighted(order);
    const TrainResult found = train_quietly(world(), table, weighted(options));
    EXPECT_EQ(found.model.digest(), expected.model.digest());
    EXPECT_EQ(*found.model.segmentation->centroids(), *expected.model.segmentation->centroids());
    EXPECT_EQ(found.model.segmentation->inertia(), expected.model.segmentation->inertia());
    EXPECT_THAT(found.model.weights(),
                testing::ElementsAreArray(as_weights(expected.model.sizes())));
    EXPECT_EQ(found.model.training.silhouette.value, expected.model.training.silhouette.value);
    EXPECT_EQ(found.model.training.restarts, expected.model.training.restarts);
    expect_same(found.model.profile, expected.model.profile);
    for (const std::uint64_t exact_rows : {20'000ULL, 100ULL}) {
      expect_same(evaluate(world(), table, found.model, exact_rows),
                  evaluate(world(), repeated, expected.model, exact_rows));
    }
  }
}

TEST(Weights, OfWholeNumbersGiveTheModelOfRepeatedRows) {
  const WeightedCustomers customers(400, 1, 4);
  expect_repeated_rows(customers, options_for(4));
  TrainOptions options = options_for(5);
  options.task.silhouette_sample = 50;
  options.fit.log1p = {"spend"};
  options.fit.clip = "0.02:0.98";
  options.fit.scale = "minmax";
  expect_repeated_rows(customers, options);
  options = options_for(3);
  options.fit.pca = "0.8";
  expect_repeated_rows(customers, options);
  options = options_for(7);
  options.method = "bisecting";
  expect_repeated_rows(customers, options);
}

TEST(Weights, OfWholeNumbersGiveThatModelOfFewRowsToo) {
  const WeightedCustomers customers(3, 1, 3, 2);  // fewer than ranks
  TrainOptions options = options_for(2);
  options.fit.features = {"spend", "visits"};
  expect_repeated_rows(customers, options);
}

TEST(Weights, OfManyRowsAreSampledAlike) {
  // more rows than a coreset has
  TrainOptions options = options_for(3);
  options.fit.features = {"spend", "plan", "visits"};
  expect_repeated_rows(WeightedCustomers(5000, 1, 2), options);
}

TEST(Weights, Of0AreAsIfTheRowWereNotThere) {
  WeightedCustomers customers(300, 0, 3, 6);
  for (std::size_t row = 0; row < 300; ++row) {
    if (customers.weights[row] == 0) {
      customers.spend[row] = 1e7;
    }
  }
  expect_repeated_rows(customers, options_for(4));
  const auto table = customers.weighted();
  const TrainResult found = train_quietly(world(), table, weighted(options_for(4)));
  EXPECT_LT(std::accumulate(found.model.sizes().begin(), found.model.sizes().end(), 0ULL), 300U);
  // but they have segments
  EXPECT_EQ(world().all_sum(std::uint64_t{found.model.segmentation->labels(found.rows).size()}),
            300U);
}

TEST(Weights, OfVerySmallAndLargeSizesKeepTheirMeaning) {
  MemoryTable table(6);
  table.add_numbers("x", {1, 1, 5, 5, 100, 100});
  table.add_numbers("w", {1e8, 1e8, 1e8, 1e8, 1e-8, 1e-8});
  TrainOptions options;
  options.task.segments = 2;
  options.fit.weight = "w";
  options.fit.scale = "none";
  const TrainResult found = train_quietly(world(), table, options);
  const model::Model& model = found.model;
  ASSERT_EQ(model.segments(), 2U);
  const cluster::Centroids& centroids = *model.segmentation->centroids();
  EXPECT_EQ(model.recipe.restore(centroids.row(0)).at(0), 5);
  EXPECT_EQ(model.recipe.restore(centroids.row(1)).at(0), 1);
  EXPECT_THAT(model.sizes(), testing::ElementsAre(4, 2));
  EXPECT_NEAR(model.segmentation->inertia(), 2e-8 * 95 * 95, 1e-6);
  EXPECT_NEAR(model.profile.numeric.at(0).mean, 3, 1e-14);
  EXPECT_DOUBLE_EQ(model.profile.numeric.at(0).means.at(1), 1);
  const comm::LocalCommunicator alone;
  EXPECT_EQ(model.digest(), train_quietly(alone, table, options).model.digest());
  // with one more segment, the light rows have one of their own
  options.task.segments = 3;
  const TrainResult three = train_quietly(world(), table, options);
  ASSERT_EQ(three.model.segments(), 3U);
  EXPECT_EQ(three.model.recipe.restore(three.model.segmentation->centroids()->row(2)).at(0), 100);
  EXPECT_NEAR(three.model.weights()[2], 2e-8, 1e-10);
}

TEST(Weights, ThatAreNotWholeGiveTheSameOnAnyRanksAndInAnyOrder) {
  WeightedCustomers customers(500, 1, 1, 8);
  const numeric::Random random(4, 0);
  for (std::size_t row = 0; row < 500; ++row) {
    customers.weights[row] = std::exp2(40 * random.uniform(row, 0) - 20);
  }
  const auto table = customers.weighted();
  const auto shuffled = customers.weighted(7);
  const comm::LocalCommunicator alone;
  for (const char* const method : {"k-means", "bisecting"}) {
    TrainOptions options = weighted(options_for(4));
    options.method = method;
    options.task.silhouette_sample = 40;
    const model::Model expected = train_quietly(alone, table, options).model;
    EXPECT_EQ(train_quietly(world(), table, options).model.digest(), expected.digest());
    const model::Model found = train_quietly(world(), shuffled, options).model;
    EXPECT_EQ(found.digest(), expected.digest());
    EXPECT_EQ(found.profile, expected.profile);
    EXPECT_EQ(found.training.silhouette.value, expected.training.silhouette.value);
    const EvaluateResult all = evaluate(alone, table, expected, 100);
    const EvaluateResult mine = evaluate(world(), shuffled, found, 100);
    for (std::size_t i = 0; i < all.indices.size(); ++i) {
      EXPECT_EQ(mine.indices[i].value->value, all.indices[i].value->value);
    }
    EXPECT_EQ(mine.weights, all.weights);
  }
}

TEST(Weights, AreInTheModelsFile) {
  const test::SharedFolder folder;
  const auto table = WeightedCustomers(60, 1, 3).weighted();
  for (const char* const method : {"k-means", "bisecting"}) {
    TrainOptions options = weighted(options_for(3));
    options.method = method;
    const model::Model model = train_quietly(world(), table, options).model;
    const std::string path = folder / std::string(method) + ".h5";
    io::H5Output output(world(), path);
    model::save(model, output);
    const model::Model back = model::load(world(), path);
    EXPECT_EQ(back.recipe.weight_column, "w");
    EXPECT_THAT(back.weights(), testing::ElementsAreArray(model.weights()));
    EXPECT_EQ(back.digest(), model.digest());
    EXPECT_EQ(back.profile, model.profile);
    EXPECT_EQ(back.segmentation->describe(), model.segmentation->describe());
  }
}

TEST(Weights, OfAModelAreWhatATableIsEvaluatedBy) {
  WeightedCustomers customers(200, 1, 3);
  const auto table = customers.weighted();
  const model::Model model = train_quietly(world(), table, weighted(options_for(3))).model;
  EXPECT_EQ(evaluate(world(), table, model).weight_column, "w");
  // a table without them: each row counts once
  std::vector<std::size_t> order(200);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const EvaluateResult without = evaluate(world(), customers.table(order, false), model);
  EXPECT_EQ(without.weight_column, "");
  EXPECT_TRUE(without.weights.empty());
  EXPECT_EQ(std::accumulate(without.sizes.begin(), without.sizes.end(), 0ULL), 200U);
  customers.weights[150] = -1;
  test::expect_error(ExitCode::kBadData, "column \"w\", row 151: the weight is -1",
                     [&] { (void)evaluate(world(), customers.weighted(), model); });
}

TEST(Weights, RefuseMoreSegmentsThanRowsThatCount) {
  MemoryTable table(4);
  table.add_numbers("x", {1, 2, 3, 4});
  table.add_numbers("w", {1, 0, 0, 5});
  TrainOptions options;
  options.task.segments = 3;
  options.fit.weight = "w";
  test::expect_error(ExitCode::kBadData, "of the rows that weigh more than 0: 3 segments",
                     [&] { (void)train_quietly(world(), table, options); });
}

TEST(Weights, AreNoFeaturesOfAnAutomaticRecipe) {
  const auto table = WeightedCustomers(300, 1, 4).weighted();
  TrainOptions options = weighted(options_for(3));
  options.prepare = TrainOptions::kAuto;
  const TrainResult found = train_quietly(world(), table, options);
  EXPECT_EQ(found.model.recipe.weight_column, "w");
  EXPECT_THAT(found.model.recipe.numeric,
              testing::Not(testing::Contains(testing::Field(
                  "column", &features::NumericFeature::column, testing::StrEq("w")))));
  EXPECT_THAT(found.findings.decisions, testing::Not(testing::Contains(testing::Field(
                                            "column", &Decision::column, testing::StrEq("w")))));
}

}  // namespace
}  // namespace tessera::pipeline
