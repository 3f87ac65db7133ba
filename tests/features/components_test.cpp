// Principal components of the numeric features.
#include "tessera/features/components.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/features/preparer.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;
using test::world;

std::vector<nlohmann::json> golden() {
  std::ifstream file(TESSERA_FEATURES_GOLDEN "/pca.json");
  return nlohmann::json::parse(file);
}

void fill(MemoryTable& table, const nlohmann::json& columns) {
  for (std::size_t j = 0; j < columns.size(); ++j) {
    table.add_numbers("x" + std::to_string(j), columns[j].get<std::vector<double>>());
  }
}

TEST(Components, AreThoseOfScikitLearn) {
  for (const nlohmann::json& entry : golden()) {
    const std::size_t rows = entry.at("columns")[0].size();
    MemoryTable table(rows);
    fill(table, entry.at("columns"));
    const FitOptions options{.pca = entry.at("pca")};
    const Fitted fitted = fit(world(), table, options);
    EXPECT_EQ(fitted.recipe, fit(comm::LocalCommunicator(), table, options).recipe);
    const Components& found = fitted.recipe.components;
    const auto variances = entry.at("variances").get<std::vector<double>>();
    ASSERT_EQ(found.count(), variances.size());
    ASSERT_EQ(fitted.rows.space().numeric, variances.size());
    for (std::size_t k = 0; k < variances.size(); ++k) {
      EXPECT_NEAR(found.variances[k], variances[k], 1e-6 * variances[0]);
      EXPECT_NEAR(found.share(k), entry.at("shares")[k].get<double>(), 1e-6);
      for (std::size_t j = 0; j < found.features(); ++j) {
        EXPECT_NEAR(found.loading(k, j), entry.at("loadings")[k][j].get<double>(), 1e-6);
      }
      for (std::uint64_t row = 0; row < fitted.rows.rows(); ++row) {
        const double expected = entry.at("points")[fitted.rows.first_row() + row][k];
        EXPECT_NEAR(static_cast<double>(fitted.rows.number(row, k)), expected, 1e-5);
      }
    }
  }
}

/// Numbers and a category.
struct Customers : MemoryTable {
  Customers() : MemoryTable(200) {
    fill(*this, golden().front().at("columns"));
    std::vector<std::int32_t> codes;
    for (int i = 0; i < 200; ++i) {
      codes.push_back(i % 3);
    }
    add_category("city", {"a", "b", "c"}, codes);
  }
};

// Row by row, in pieces and as a whole, the rows come out as in training; categories stay.
TEST(Components, PrepareRowsAlike) {
  const Customers table;
  const Fitted fitted = fit(world(), table, {.pca = "2"});
  ASSERT_EQ(fitted.recipe.space(), (Space{.numeric = 2, .levels = {3}}));
  const Preparer preparer(fitted.recipe, table);
  for (std::uint64_t row = 0; row < fitted.rows.rows(); ++row) {
    const std::uint64_t number = fitted.rows.first_row() + row;
    FeatureRows one(fitted.recipe.space(), 1, number);
    PreparedCounts counts;
    preparer.prepare(number, one, counts);
    std::vector<double> raw(fitted.recipe.numeric.size());
    for (std::size_t j = 0; j < raw.size(); ++j) {
      table.read_numbers(j, number, {&raw[j], 1});
    }
    FeatureRows alone(fitted.recipe.space(), 1, number);
    const std::string_view level = number % 3 == 0 ? "a" : number % 3 == 1 ? "b" : "c";
    fitted.recipe.prepare({raw, {&level, 1}}, 0, alone, counts);
    for (std::size_t k = 0; k < 2; ++k) {
      ASSERT_EQ(one.number(0, k), fitted.rows.number(row, k));
      ASSERT_EQ(alone.number(0, k), fitted.rows.number(row, k));
    }
    ASSERT_EQ(one.code(0, 0), fitted.rows.code(row, 0));
  }
}

TEST(Components, LeadBackWhereAllAreKept) {
  const Customers table;
  const std::string all = std::to_string(golden().front().at("columns").size());
  const Recipe recipe = fit(world(), table, {.pca = all}).recipe;
  std::vector<double> raw(recipe.numeric.size());
  for (std::size_t j = 0; j < raw.size(); ++j) {
    table.read_numbers(j, 17, {&raw[j], 1});
  }
  const std::vector<double> back = recipe.restore(recipe.point_of(raw));
  for (std::size_t j = 0; j < raw.size(); ++j) {
    EXPECT_NEAR(back[j], raw[j], 1e-5 * (1 + std::fabs(raw[j])));
  }
}

TEST(Components, SayWhatIsExpected) {
  for (const char* text : {"0", "-1", "1.5", "a", "2 ", "nan", "1e9", "0.9x"}) {
    test::expect_error(ExitCode::kUsage, "a share of the variance", [&] { check({.pca = text}); });
  }
  const Customers table;
  test::expect_error(ExitCode::kBadData, "9 components of 5 numeric features",
                     [&] { (void)fit(world(), table, {.pca = "9"}); });
  test::expect_error(ExitCode::kBadData, "of 0 numeric features",
                     [&] { (void)fit(world(), table, {.features = {"city"}, .pca = "0.5"}); });
}

}  // namespace
}  // namespace tessera::features
