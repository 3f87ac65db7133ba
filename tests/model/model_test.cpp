#include "tessera/model/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/cluster/centroid_segmentation.hpp"
#include "tessera/model/small_segments.hpp"

namespace tessera::model {
namespace {

using test::MemoryTable;
using test::world;

cluster::CentroidSegmentation::Values small_values() {
  cluster::Centroids centroids({1, {3}}, 2);
  centroids.values = {0.5F, 1, 0, 0, -1.25F, 0, 0.5F, 0.5F};
  return {centroids, {70, 30}, 123.5};
}

using Change = std::function<void(cluster::CentroidSegmentation::Values&)>;

Model small_model(const Change& change = [](auto&) {}) {
  Model model;
  model.recipe.id_column = "id";
  model.recipe.numeric = {{"income",
                           {{features::find_step_kind("impute"), "median", {51381.5}},
                            {features::find_step_kind("log1p"), "", {}},
                            {features::find_step_kind("standard"), "", {10.5, 0.25}}}}};
  model.recipe.categories = {{"plan", {"basic", "gold", "größer"}, 1}};
  cluster::CentroidSegmentation::Values values = small_values();
  change(values);
  model.segmentation = std::make_shared<cluster::CentroidSegmentation>("k-means", values);
  model.profile.numeric = {{"income", 40000, 12000, {45000, 30000.5}, {3, 0}}};
  model.profile.categories = {{"plan", {"basic", "gold", "größer"}, {70, 0, 0, 0, 15, 15}, {0, 0}}};
  model.training = {.rows = 100,
                    .segments_asked = 2,
                    .iterations = 9,
                    .restarts = 4,
                    .seed = 77,
                    .converged = true,
                    .silhouette = {0.5, 0.01, 50, quality::Variant::kWithinSample},
                    .options = {{"init", "k-means||"}}};
  model.provenance = {{"input", "customers.h5"}, {"version", "1"}};
  return model;
}

void save_to(const std::string& path, const Model& model) {
  io::H5Output output(world(), path);
  save(model, output);
}

TEST(Model, ComesBackAsItWas) {
  const test::SharedFolder folder;
  const Model model = small_model();
  save_to(folder / "m.h5", model);
  const Model back = load(world(), folder / "m.h5");
  EXPECT_EQ(back.recipe, model.recipe);
  ASSERT_NE(back.segmentation->centroids(), nullptr);
  EXPECT_EQ(*back.segmentation->centroids(), small_values().centroids);
  EXPECT_THAT(back.sizes(), testing::ElementsAre(70, 30));
  EXPECT_EQ(back.segmentation->inertia(), 123.5);
  EXPECT_EQ(back.segmentation->method(), "k-means");
  EXPECT_EQ(back.profile, model.profile);
  EXPECT_EQ(back.provenance, model.provenance);
  EXPECT_EQ(back.training.seed, 77U);
  EXPECT_EQ(back.training.options, model.training.options);
  EXPECT_TRUE(back.training.converged);
  EXPECT_EQ(back.digest(), model.digest());
  EXPECT_TRUE(is_model(world(), folder / "m.h5"));
}

TEST(Model, KeepsColumnsThatAreMadeOfOthersAndWeightsOfCategories) {
  const test::SharedFolder folder;
  Model model = small_model();
  const std::string plain = model.digest();
  model.recipe.categories[0].factor = std::sqrt(0.3);
  model.recipe.categories[0].buckets = 16;
  const std::string weighted = model.digest();
  EXPECT_NE(weighted, plain);
  model.recipe.derived = {
      {.name = "income", .kind = features::Derivation::kRatio, .columns = {"earned", "months"}},
      {.name = "age",
       .kind = features::Derivation::kAge,
       .columns = {"born"},
       .reference = 1.7e9,
       .format = "d/m/Y"}};
  EXPECT_NE(model.digest(), weighted);
  cluster::CentroidSegmentation::Values values = small_values();
  values.centroids.space = model.recipe.space();
  model.segmentation = std::make_shared<cluster::CentroidSegmentation>("k-means", values);
  save_to(folder / "m.h5", model);
  const Model back = load(world(), folder / "m.h5");
  EXPECT_EQ(back.recipe, model.recipe);
  EXPECT_EQ(back.segmentation->centroids()->space.level_values,
            std::vector<float>{static_cast<float>(std::sqrt(0.3))});
  EXPECT_EQ(back.digest(), model.digest());
  for (const auto& damage : std::vector<std::function<void(features::Recipe&)>>{
           [](features::Recipe& recipe) { recipe.categories[0].factor = -1; },
           [](features::Recipe& recipe) { recipe.derived[1].reference = NAN; },
           [](features::Recipe& recipe) { recipe.derived[1].format = "q"; }}) {
    Model damaged = model;
    damage(damaged.recipe);
    save_to(folder / "m.h5", damaged);
    test::expect_error(ExitCode::kBadData, "damaged",
                       [&] { (void)load(world(), folder / "m.h5"); });
  }
}

TEST(Model, DigestSeesWhatTheModelMeansAndNothingElse) {
  const std::string digest = small_model().digest();
  EXPECT_EQ(digest.size(), 64U);
  Model model = small_model();
  model.provenance["created"] = "another day";
  model.training.restarts = 5;
  EXPECT_EQ(model.digest(), digest);
  std::vector<Model> changed(7, small_model());
  changed[0] =
      small_model([](auto& values) { values.centroids.values[3] = std::nextafter(0.0F, 1.0F); });
  changed[1].recipe.numeric[0].steps[2].numbers[0] += 1e-12;
  changed[2].recipe.categories[0].levels[0] = "basis";
  changed[3] = small_model([](auto& values) { values.sizes[0] += 1; });
  changed[4].recipe.categories[0].impute = 2;
  changed[5].recipe.numeric[0].steps.erase(changed[5].recipe.numeric[0].steps.begin() + 1);
  changed[6] = small_model([](auto& values) { values.inertia += 1e-12; });
  for (const Model& other : changed) {
    EXPECT_NE(other.digest(), digest);
  }
}

TEST(SmallSegments, AreNamedWithTheColumnThatMadeThem) {
  EXPECT_TRUE(small_segments(small_model()).empty());
  Model model = small_model([](auto& values) { values.sizes = {5000, 4}; });
  model.profile.numeric = {{"income", 40000, 12000, {39990, 45000}, {0, 0}},
                           {"spend", 10, 2, {9, 90.5}, {0, 0}},
                           {"same", 1, 0, {1, 1}, {0, 0}}};
  model.recipe.numeric.resize(3, model.recipe.numeric[0]);
  model.recipe.numeric[1].steps.erase(model.recipe.numeric[1].steps.begin() + 1);
  std::vector<SmallSegment> found = small_segments(model);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].segment, 1U);
  EXPECT_EQ(found[0].customers, 4U);
  EXPECT_EQ(found[0].column, "spend");
  EXPECT_EQ(found[0].mean, 90.5);
  EXPECT_FALSE(found[0].has_log1p);
  const auto count = [](std::vector<std::uint64_t> sizes) {
    return small_segments(small_model([&](auto& values) { values.sizes = sizes; })).size();
  };
  EXPECT_EQ(count({2997, 3}), 0U);
  EXPECT_EQ(count({2998, 3}), 1U);
  EXPECT_EQ(count({28, 2}), 1U);
  EXPECT_EQ(count({27, 2}), 0U) << "few rows";
  EXPECT_EQ(count({2, 5, 5, 5, 5, 8}), 0U) << "many segments of few rows";
  EXPECT_EQ(count({2, 10, 10, 10, 10, 10}), 1U);
  std::vector<std::uint64_t> many(501, 1000);
  many[0] = 1;
  EXPECT_EQ(count(many), 0U) << "so many segments that half of the average is one in a thousand";
  many.pop_back();
  EXPECT_EQ(count(many), 1U);
}

TEST(Model, NamesItsDimensions) {
  const Model model = small_model();
  EXPECT_EQ(model.dimension_name(0), "income");
  EXPECT_EQ(model.dimension_name(2), "plan=gold");
}

TEST(Model, RefusesADamagedFile) {
  const test::SharedFolder folder;
  const std::string path = folder / "m.h5";
  save_to(path, small_model());
  const auto size = std::filesystem::file_size(path);
  world().barrier();
  if (world().is_root()) {
    // one byte of a centroid: 0.5F, then 1.0F
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    std::string bytes(size, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(size));
    const std::size_t at = bytes.find(std::string("\0\0\0\x3F\0\0\x80\x3F", 8));
    ASSERT_NE(at, std::string::npos);
    file.seekp(static_cast<std::streamoff>(at + 2));
    file.put('\x01');
  }
  world().barrier();
  test::expect_error(ExitCode::kBadData, "damaged", [&] { (void)load(world(), path); });
  world().barrier();
  if (world().is_root()) {
    std::filesystem::resize_file(path, size / 2);
  }
  world().barrier();
  test::expect_error(ExitCode::kBadData, path, [&] { (void)load(world(), path); });
}

TEST(Model, RefusesAProfileOfOtherSegments) {
  const test::SharedFolder folder;
  const std::function<void(Profile&)> damages[] = {
      [](Profile& profile) { profile.numeric[0].means.pop_back(); },
      [](Profile& profile) { profile.numeric[0].missing.push_back(0); },
      [](Profile& profile) {
        profile.categories[0].counts.resize(3);
        profile.categories[0].missing.resize(1);
      },
  };
  for (const auto& damage : damages) {
    Model model = small_model();
    damage(model.profile);
    save_to(folder / "m.h5", model);
    test::expect_error(ExitCode::kBadData, "damaged",
                       [&] { (void)load(world(), folder / "m.h5"); });
  }
}

TEST(Model, RefusesMoreLevelsThanThereAreCodes) {
  const test::SharedFolder folder;
  Model model = small_model();
  std::vector<std::string> levels;
  for (int i = 0; i < features::kMissingLevel; ++i) {
    levels.push_back(fmt::format("{:05}", i));
  }
  model.recipe.categories[0].levels = levels;
  cluster::CentroidSegmentation::Values values = small_values();
  values.centroids = cluster::Centroids(model.recipe.space(), 2);
  model.segmentation = std::make_shared<cluster::CentroidSegmentation>("k-means", values);
  save_to(folder / "m.h5", model);
  test::expect_error(ExitCode::kBadData, "damaged", [&] { (void)load(world(), folder / "m.h5"); });
}

TEST(Model, OfAMissingFileIsNoInput) {
  test::expect_error(ExitCode::kNoInput, "nowhere.h5",
                     [] { (void)load(world(), "/nonexistent/nowhere.h5"); });
}

TEST(Profile, DescribesSegmentsInRawUnits) {
  MemoryTable table(6);
  table.add_numbers("income", {10, 20, 30, MemoryTable::kMissing, 50, 60});
  table.add_category("plan", {"a", "b"}, {0, 1, -1, 1, 1, 0});
  const features::Fitted fitted = features::fit(world(), table, {.scale = "none"});
  const std::vector<std::int32_t> labels = {0, 0, 1, 1, 1, 2};
  const comm::Share share = comm::share_of(6, world().rank(), world().size());
  const Profile found = profile(world(), table, fitted.recipe, fitted.raw,
                                std::span(labels).subspan(share.first, share.count), 3);
  ASSERT_EQ(found.numeric.size(), 1U);
  EXPECT_THAT(found.numeric[0].means, testing::ElementsAre(15, 40, 60));
  EXPECT_THAT(found.numeric[0].missing, testing::ElementsAre(0, 1, 0));
  EXPECT_EQ(found.numeric[0].mean, 34);
  EXPECT_NEAR(found.numeric[0].deviation, std::sqrt(1720.0 / 5), 1e-12);
  ASSERT_EQ(found.categories.size(), 1U);
  EXPECT_THAT(found.categories[0].counts, testing::ElementsAre(1, 1, 0, 2, 1, 0));
  EXPECT_THAT(found.categories[0].missing, testing::ElementsAre(0, 1, 0));
}

}  // namespace
}  // namespace tessera::model
