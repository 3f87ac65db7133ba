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

/// Fits every case of golden/NAME.json on all ranks and compares each value, before it is rounded
/// to single precision, to 1e-9 of the column's largest.
inline void expect_as_golden(const std::string& name) {
  std::ifstream file(TESSERA_FEATURES_GOLDEN "/" + name + ".json");
  ASSERT_TRUE(file);
  const nlohmann::json cases = nlohmann::json::parse(file);
  ASSERT_FALSE(cases.empty());
  for (const nlohmann::json& entry : cases) {
    const std::string steps = entry.at("steps");
    std::vector<double> column;
    for (const nlohmann::json& value : entry.at("column")) {
      column.push_back(value.is_null() ? MemoryTable::kMissing : value.get<double>());
    }
    const std::vector<double> expected = entry.at("prepared");
    MemoryTable table(column.size());
    table.add_numbers("x", column);
    features::FitOptions options;
    options.features = {"x"};
    options.columns = {{"x", steps, true, "golden"}};
    const features::Fitted fitted = features::fit(world(), table, options);
    EXPECT_EQ(fitted.recipe, features::fit(comm::LocalCommunicator(), table, options).recipe);
    for (const features::FittedStep& step : fitted.recipe.numeric.at(0).steps) {
      step.kind->forward(step.numbers, column);
    }
    double largest = 1;
    for (const double value : expected) {
      largest = std::max(largest, std::abs(value));
    }
    for (std::size_t i = 0; i < column.size(); ++i) {
      ASSERT_NEAR(column[i], expected[i], 1e-9 * largest) << steps << ", row " << i;
    }
  }
}

}  // namespace tessera::test
