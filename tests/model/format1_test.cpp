// A model of format 1 is read, means what it meant, and scores as it did.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "support/write_h5.hpp"
#include "tessera/features/preparer.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/model/model.hpp"

namespace tessera::model {
namespace {

using test::MemoryTable;
using test::world;
using testing::ElementsAre;

Model golden() { return load(world(), TESSERA_GOLDEN_DIR "/format1.h5"); }

/// golden/customers.csv
void fill_customers(MemoryTable& table) {
  constexpr double kNone = MemoryTable::kMissing;
  table.add_numbers("age", {23, 35, 41, 29, 52, kNone, 61, 33, 47, 38});
  table.add_numbers("spend", {10.5, 200, kNone, 15, 3000, 40, 2500, 0, 120, 75});
  table.add_category("plan", {"basic", "gold", "none"}, {0, 1, 1, 0, 2, 0, 1, 2, -1, 0});
}

TEST(Format1, HasTheDigestThatStandsInIt) {
  EXPECT_EQ(golden().digest(), "0d028757bf3fda40d3621011dce0923d2820c627d962595684713cbd7d5e2cf6");
}

TEST(Format1, TellsWhatItTold) {
  const Model model = golden();
  EXPECT_EQ(model.recipe.id_column, "customer");
  EXPECT_EQ(model.segmentation->method(), "k-means");
  EXPECT_THAT(model.sizes(), ElementsAre(5, 3, 2));
  EXPECT_NEAR(model.segmentation->inertia(), 7.434235995, 1e-9);
  EXPECT_EQ(model.training.rows, 10U);
  EXPECT_EQ(model.training.iterations, 1U);
  EXPECT_TRUE(model.training.converged);
  EXPECT_EQ(model.training.options.at("init"), "k-means||");
  ASSERT_EQ(model.profile.numeric.size(), 2U);
  EXPECT_NEAR(model.profile.numeric[1].means[2], 2750, 1e-9);
}

TEST(Format1, ScoresAsItDid) {
  const Model model = golden();
  MemoryTable table(10);
  fill_customers(table);
  features::FeatureRows rows(model.recipe.space(), table.rows(), 0);
  features::PreparedCounts counts;
  features::Preparer(model.recipe, table).prepare(0, rows, counts);
  const auto scorer = model.segmentation->scorer(rows.categories());
  ASSERT_THAT(scorer->columns(), ElementsAre("distance", "margin", "confidence"));
  std::vector<std::int32_t> segments(table.rows());
  std::vector<float> numbers(3 * table.rows());
  scorer->score(rows, 0, {segments, numbers});
  EXPECT_THAT(segments, ElementsAre(1, 0, 0, 1, 2, 0, 2, 1, 0, 0));
  EXPECT_FLOAT_EQ(numbers[0], 0.75506514F);
  EXPECT_FLOAT_EQ(numbers[1], 1.1518642F);
  EXPECT_FLOAT_EQ(numbers[2], 0.60404134F);
  EXPECT_FLOAT_EQ(numbers[27], 0.5949365F);
  EXPECT_EQ(model.segmentation->labels(rows), segments);
}

TEST(Format1, IsWrittenAsTheFormatOfToday) {
  const test::SharedFolder folder;
  const Model model = golden();
  {
    io::H5Output output(world(), folder / "today.h5");
    save(model, output);
  }
  const Model back = load(world(), folder / "today.h5");
  EXPECT_EQ(back.digest(), model.digest());
  EXPECT_EQ(back.training.options, model.training.options);
}

TEST(FormatVersion, GreaterThanTodaysIsRefusedWithWhoWroteIt) {
  const test::SharedFolder folder;
  const std::string path = folder / "future.h5";
  if (world().is_root()) {
    test::write_h5(path, [](io::H5Creator& file) {
      file.attribute("/", "tessera_format", std::string("model"));
      file.attribute("/", "tessera_format_version", std::int64_t{1000});
      file.group("/provenance");
      file.attribute("/provenance", "version", std::string("9.9"));
    });
  }
  world().barrier();
  test::expect_error(ExitCode::kBadData, "the version that wrote it (9.9)",
                     [&] { (void)load(world(), path); });
}

}  // namespace
}  // namespace tessera::model
