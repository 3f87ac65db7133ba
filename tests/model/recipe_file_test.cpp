// Recipes in model files: components, categories as numbers, weights.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "tessera/cluster/centroid_segmentation.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/model/model.hpp"

namespace tessera::model {
namespace {

using features::find_step_kind;
using test::world;

features::Components one_component() {
  return {.means = {0.5, -1}, .loadings = {0.6, 0.8}, .variances = {1.5}, .total = 2};
}

Model small_model() {
  Model model;
  model.recipe.numeric = {{"size",
                           {{find_step_kind("ordinal"), "\"low,high\"", {}},
                            {find_step_kind("impute"), "median", {1}},
                            {find_step_kind("standard"), "", {0.5, 0.25}},
                            {find_step_kind("weight"), "4", {2}}}},
                          {"city",
                           {{find_step_kind("frequency"), "\"a,b\"", {0.5, 0.25, 0.125}},
                            {find_step_kind("impute"), "median", {0.5}},
                            {find_step_kind("none"), "", {0, 1}}}}};
  cluster::Centroids centroids({2, {}}, 2);
  centroids.values = {0.5F, 1, -1.25F, 0};
  model.segmentation = std::make_shared<cluster::CentroidSegmentation>(
      "k-means", cluster::CentroidSegmentation::Values{centroids, {70, 30}, 123.5});
  model.profile.numeric = {{"size", 0.5, 0.25, {0.5, 0.25}, {3, 0}},
                           {"city", 0.5, 0.25, {0.5, 0.25}, {3, 0}}};
  model.training = {.rows = 100, .segments_asked = 2};
  return model;
}

Model with_components() {
  Model model = small_model();
  model.recipe.components = one_component();
  cluster::Centroids centroids({1, {}}, 2);
  centroids.values = {0.5F, -1.25F};
  model.segmentation = std::make_shared<cluster::CentroidSegmentation>(
      "k-means", cluster::CentroidSegmentation::Values{centroids, {70, 30}, 123.5});
  return model;
}

std::string saved(const test::SharedFolder& folder, const Model& model) {
  const std::string path = folder / "m.h5";
  io::H5Output output(world(), path);
  save(model, output);
  return path;
}

std::int64_t format_of(const std::string& path) {
  return io::H5File(path).integer_attribute("/", "tessera_format_version").value_or(0);
}

TEST(RecipeFile, KeepsWhatStepsEncodeAndWeigh) {
  const test::SharedFolder folder;
  const Model model = small_model();
  const std::string path = saved(folder, model);
  EXPECT_EQ(load(world(), path).recipe, model.recipe);
  EXPECT_EQ(format_of(path), 3) << "which earlier versions read";
}

TEST(RecipeFile, KeepsComponents) {
  const test::SharedFolder folder;
  const Model model = with_components();
  const std::string path = saved(folder, model);
  const Model back = load(world(), path);
  EXPECT_EQ(back.recipe, model.recipe);
  EXPECT_EQ(back.digest(), model.digest());
  EXPECT_EQ(back.dimension_name(0), "component 1");
  EXPECT_EQ(format_of(path), 4);
}

TEST(RecipeFile, IsSeenByTheDigest) {
  const std::vector<std::function<void(features::Recipe&)>> changes = {
      [](auto& recipe) { recipe.numeric[0].steps[0].argument = "\"high,low\""; },
      [](auto& recipe) { recipe.numeric[1].steps[0].argument = "\"a,c\""; },
      [](auto& recipe) { recipe.numeric[1].steps[0].numbers[2] = 0; },
      [](auto& recipe) { recipe.numeric[0].steps[3].numbers[0] = 3; },
      [](auto& recipe) { recipe.components = {}; },
      [](auto& recipe) { recipe.components.means[1] += 1e-12; },
      [](auto& recipe) { recipe.components.loadings[1] += 1e-12; },
      [](auto& recipe) { recipe.components.variances[0] += 1e-12; }};
  for (const auto& change : changes) {
    Model model = with_components();
    change(model.recipe);
    EXPECT_NE(model.digest(), with_components().digest());
  }
}

TEST(RecipeFile, RefusesWhatNoTrainingFits) {
  const std::vector<std::function<void(features::Recipe&)>> changes = {
      [](auto& recipe) { recipe.components.means.push_back(0); },
      [](auto& recipe) { recipe.components.loadings[0] = NAN; },
      [](auto& recipe) { recipe.components.loadings[0] = 7; },
      [](auto& recipe) { recipe.components.variances[0] = -1; },
      [](auto& recipe) { recipe.components.total = INFINITY; },
      [](auto& recipe) { recipe.numeric[1].steps[0].numbers[2] = 2; },
      [](auto& recipe) { std::swap(recipe.numeric[0].steps[0], recipe.numeric[0].steps[1]); },
      [](auto& recipe) { recipe.numeric[0].steps[3].numbers[0] = 0; }};
  for (const auto& change : changes) {
    const test::SharedFolder folder;
    Model model = with_components();
    change(model.recipe);
    const std::string path = saved(folder, model);
    test::expect_error(ExitCode::kBadData, "damaged", [&] { (void)load(world(), path); });
  }
}

}  // namespace
}  // namespace tessera::model
