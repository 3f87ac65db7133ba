#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/memory_table.hpp"
#include "support/world.hpp"
#include "tessera/features/fit.hpp"

namespace tessera::features {
namespace {

using test::MemoryTable;

TEST(None, KeepsWholeNumbersWholeAndNearZero) {
  const std::vector<double> values = {3000, 2, 3100, 3000, 4, 3100};
  MemoryTable table(values.size());
  table.add_numbers("amount", values);
  const Fitted fitted = fit(test::world(), table, {.scale = "none"});
  for (std::uint64_t row = 0; row < fitted.rows.rows(); ++row) {
    const double prepared = double{fitted.rows.number(row, 0)};
    EXPECT_EQ(prepared, std::round(prepared));
    const double other = double{fitted.rows.number(0, 0)};
    EXPECT_EQ(prepared - other,
              values[fitted.rows.first_row() + row] - values[fitted.rows.first_row()]);
    EXPECT_LT(std::abs(prepared), 2500);
  }
}

TEST(None, IsFineWhereValuesAreFarFromZero) {
  MemoryTable table(4);
  table.add_numbers("amount", {1e6, 1e6 + 0.25, 1e6 + 0.5, 1e6 + 1});
  const Fitted fitted = fit(test::world(), table, {.scale = "none"});
  for (std::uint64_t row = 0; row < fitted.rows.rows(); ++row) {
    EXPECT_LT(std::abs(fitted.rows.number(row, 0)), 1.0F);
    EXPECT_EQ(std::fmod(fitted.rows.number(row, 0), 0.015625F), 0);
  }
}

}  // namespace
}  // namespace tessera::features
