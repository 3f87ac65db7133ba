// Steps against what scikit-learn makes of the same columns (../golden).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/features/fit.hpp"

namespace tessera::test {

/// Adds the category "x" of texts, null where missing.
inline void add_category(MemoryTable& table, const nlohmann::json& cells) {
  std::vector<std::string> levels;
  for (const nlohmann::json& cell : cells) {
    if (!cell.is_null()) {
      levels.push_back(cell);
    }
  }
  std::ranges::sort(levels);
  levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
  std::vector<std::int32_t> codes;
  for (const nlohmann::json& cell : cells) {
    codes.push_back(cell.is_null() ? -1
                                   : static_cast<std::int32_t>(
                                         std::ranges::lower_bound(levels, cell.get<std::string>()) -
                                         levels.begin()));
  }
  table.add_category("x", levels, codes);
}

/// Fits every case of golden/NAME.json on all ranks and compares each value, before it is rounded
/// to single precision, to `tolerance` of the column's largest, and the numbers of steps that a
/// case tells too.
inline void expect_as_golden(const std::string& name, double tolerance = 1e-9) {
  std::ifstream file(TESSERA_FEATURES_GOLDEN "/" + name + ".json");
  ASSERT_TRUE(file);
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_FALSE(cases.empty());
  for (const nlohmann::json& entry : cases) {
    const std::string steps = entry.at("steps");
    const nlohmann::json& cells = entry.at("column");
    const bool is_category =
        std::ranges::any_of(cells, [](const nlohmann::json& value) { return value.is_string(); });
    std::vector<double> column;
    for (const nlohmann::json& value : cells) {
      column.push_back(is_category || value.is_null() ? MemoryTable::kMissing
                                                      : value.get<double>());
    }
    const std::vector<double> expected = entry.at("prepared");
    MemoryTable table(column.size());
    if (is_category) {
      add_category(table, cells);
    } else {
      table.add_numbers("x", column);
    }
    features::FitOptions options;
    options.features = {"x"};
    options.columns = {{"x", steps, true, "golden"}};
    const features::Fitted fitted = features::fit(world(), table, options);
    EXPECT_EQ(fitted.recipe, features::fit(comm::LocalCommunicator(), table, options).recipe);
    if (const features::FittedStep* const encoder = fitted.recipe.numeric.at(0).encoder()) {
      const features::Encoding encoding = encoder->kind->encoding(*encoder);
      for (std::size_t i = 0; i < column.size(); ++i) {
        column[i] = encoding.of(cells[i].is_null() ? "" : cells[i].get<std::string>());
      }
    }
    for (const features::FittedStep& step : fitted.recipe.numeric.at(0).steps) {
      step.kind->forward(step.numbers, column);
    }
    const nlohmann::json numbers = entry.value("fitted", nlohmann::json::object());
    for (const auto& [step, expected_numbers] : numbers.items()) {
      const features::FittedStep* const found = fitted.recipe.numeric.at(0).find(step);
      ASSERT_NE(found, nullptr) << step;
      ASSERT_EQ(found->numbers.size(), expected_numbers.size());
      for (std::size_t i = 0; i < found->numbers.size(); ++i) {
        ASSERT_NEAR(found->numbers[i], expected_numbers[i].get<double>(), tolerance) << steps;
      }
    }
    double largest = 1;
    for (const double value : expected) {
      largest = std::max(largest, std::abs(value));
    }
    for (std::size_t i = 0; i < column.size(); ++i) {
      ASSERT_NEAR(column[i], expected[i], tolerance * largest) << steps << ", row " << i;
    }
  }
}

}  // namespace tessera::test
