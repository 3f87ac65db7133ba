// Direct distances, by their definitions.
#include "tessera/features/rows/distances.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "support/feature_tables.hpp"

namespace tessera::features {
namespace {

TEST(Distances, CountUnequalCategories) {
  constexpr std::uint16_t kNone = kNoLevel;
  for (const std::size_t levels_of_second : {3U, 300U}) {  // codes of one byte, and of two
    FeatureRows rows({1, {3, levels_of_second}}, 3, 0);
    const std::array<std::array<std::uint16_t, 2>, 3> codes = {{{0, 1}, {2, 1}, {kNone, 0}}};
    for (std::uint64_t row = 0; row < 3; ++row) {
      rows.set_number(row, 0, static_cast<float>(row) * 3);
      rows.set_code(row, 0, codes[row][0]);
      rows.set_code(row, 1, codes[row][1]);
    }
    std::array<double, FeatureRows::kBlock> out{};
    const float number = 3;
    const std::array<std::uint16_t, 2> levels = {2, 1};
    distances(rows, 0, &number, levels.data(), out);
    EXPECT_DOUBLE_EQ(out[0], std::sqrt(9.0 + 2 + 0));
    EXPECT_DOUBLE_EQ(out[1], 0);
    EXPECT_DOUBLE_EQ(out[2], std::sqrt(9.0 + 1 + 2));
    const std::array<std::uint16_t, 2> none = {kNone, kNone};
    distances(rows, 0, &number, none.data(), out);
    EXPECT_DOUBLE_EQ(out[0], std::sqrt(9.0 + 1 + 1));
    EXPECT_DOUBLE_EQ(out[2], std::sqrt(9.0 + 0 + 1));

    std::vector<double> coordinates = {3, 0.5, 0, 0.25, 1};
    coordinates.resize(rows.space().dimensions());
    const Points points(rows.space(), coordinates);
    EXPECT_DOUBLE_EQ(points.sparse_squared_distance(rows, 0, 0), 9 + (0.25 + 0.0625) + 2);
    EXPECT_DOUBLE_EQ(points.sparse_squared_distance(rows, 1, 0), 0 + (0.25 + 0.5625) + 2);
    EXPECT_DOUBLE_EQ(points.sparse_squared_distance(rows, 2, 0), 9 + (0.25 + 0.0625) + 0);

    const std::vector<std::int32_t> own = {0, 0, 0};
    points.sparse_squared_distances(rows, 0, own, out.data());
    for (std::uint64_t row = 0; row < 3; ++row) {
      EXPECT_EQ(out[row], points.sparse_squared_distance(rows, row, 0));
    }
  }
}

// Of categories that are weighted, against rows written out.
TEST(Distances, AreThoseOfDenseRows) {
  const Space space{2, {3, 300, 2, 40}, {0.5F, 1, 3.7F, 20}};
  FeatureRows rows = test::grouped_table(space, 64, 5, 1, Unseen::kPossible);
  rows.set_code(3, 0, kNoLevel);
  rows.set_code(4, 1, kNoLevel);
  std::vector<double> coordinates;
  const std::vector<float> dense = test::dense_row(rows, 7);
  for (const float value : dense) {
    coordinates.push_back(0.8 * double{value} + 0.01);
  }
  const Points points(space, coordinates);
  std::array<double, FeatureRows::kBlock> out{};
  for (const std::uint64_t from : {0U, 3U, 4U, 20U}) {
    distances(rows, 0, from, out);
    for (std::uint64_t row = 0; row < rows.rows(); ++row) {
      const double expected =
          test::squared_distance(test::dense_row(rows, from), test::dense_row(rows, row));
      EXPECT_NEAR(out[row] * out[row], expected, 1e-9);
    }
  }
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    const std::vector<float> values = test::dense_row(rows, row);
    double expected = 0;
    for (std::size_t j = 0; j < values.size(); ++j) {
      expected += (double{values[j]} - coordinates[j]) * (double{values[j]} - coordinates[j]);
    }
    EXPECT_NEAR(points.sparse_squared_distance(rows, row, 0), expected, 1e-9);
  }
}

TEST(Points, MeasureABlockAsTheyMeasureItsRows) {
  const Space space{3, {4, 300, 2}, {0.3F, 1, 7}};
  FeatureRows rows = test::grouped_table(space, 150, 5, 1, Unseen::kPossible);
  rows.set_code(3, 0, kNoLevel);
  const numeric::Random random(1, 1000);
  std::vector<double> coordinates;
  for (std::size_t i = 0; i < 7 * space.dimensions(); ++i) {
    coordinates.push_back(random.uniform(i, 0) - 0.5);
  }
  const Points points(space, coordinates);
  std::array<double, FeatureRows::kBlock> out;
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    for (std::size_t segment = 0; segment < 7; ++segment) {
      points.sparse_squared_distances(rows, b, segment, out);
      for (std::size_t i = 0; i < rows.rows_in_block(b); ++i) {
        EXPECT_EQ(out[i],
                  points.sparse_squared_distance(rows, b * FeatureRows::kBlock + i, segment));
      }
    }
  }
}

}  // namespace
}  // namespace tessera::features
