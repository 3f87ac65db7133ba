// What the screen is certain of is the nearest centroid in double precision.
#include "cluster/kernels/screen.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "cluster/kernels/assigner.hpp"
#include "support/feature_tables.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;

constexpr std::size_t kDimensions[] = {1, 2, 3, 8, 17, 64, 131};

/// Rows of the table as centroids, each value times `factor`.
Centroids as_centroids(const FeatureRows& rows, float factor = 1) {
  Centroids centroids(rows.space(), rows.rows());
  for (std::size_t i = 0; i < centroids.count; ++i) {
    rows.expand(i, centroids.row(i));
    for (float& value : centroids.row(i)) {
      value *= factor;
    }
  }
  return centroids;
}

void scale(FeatureRows& rows, float factor) {
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    for (std::size_t j = 0; j < rows.space().numeric; ++j) {
      rows.set_number(row, j, rows.number(row, j) * factor);
    }
  }
}

/// Screens all rows, which must not mislead; gives the share of rows that are certain.
double certain_share(const FeatureRows& rows, const Centroids& centroids) {
  const Assigner exact(centroids, rows.categories());
  Screen screen(centroids, exact.largest_norm());
  std::uint64_t certain = 0;
  for (std::size_t b = 0; b < rows.blocks(); ++b) {
    const BlockRows block = block_rows(rows, b);
    BlockAssignment expected;
    exact.assign(rows, b, expected);
    alignas(simd::kAlignment) std::int32_t label[BlockRows::kRows];
    const float radius = std::sqrt(kernels().largest_norm(block));
    const std::uint64_t uncertain = screen.labels(block, radius, label);
    for (std::size_t i = 0; i < rows.rows_in_block(b); ++i) {
      if ((uncertain >> i & 1U) == 0) {
        EXPECT_EQ(label[i], expected.label[i]) << "row " << i << " of block " << b;
        ++certain;
      }
    }
  }
  return static_cast<double>(certain) / static_cast<double>(rows.rows());
}

class ScreenTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kernels().screen == nullptr) {
      GTEST_SKIP() << "this processor, or the level asked for, has none";
    }
  }
};

TEST_F(ScreenTest, IsRightAndMostlyCertain) {
  for (const std::size_t d : kDimensions) {
    const Space space{d, {}};
    const FeatureRows rows = test::grouped_table(space, 1000, 9);
    for (const std::size_t k : {2U, 3U, 16U, 33U, 70U}) {
      const Centroids centroids = as_centroids(test::grouped_table(space, k, 9, 5), 0.9F);
      const double share = certain_share(rows, centroids);
      EXPECT_GE(share, d == 1 ? 0.4 : 0.8) << d << " dimensions, " << k << " centroids";
    }
  }
}

TEST_F(ScreenTest, SaysThatTiesAreUncertain) {
  for (const std::size_t d : kDimensions) {
    const Space space{d, {}};
    const FeatureRows rows = test::grouped_table(space, 200, 9);
    Centroids centroids = as_centroids(test::grouped_table(space, 40, 9, 5));
    for (std::size_t i = 0; i < 20; ++i) {  // and their duplicates
      std::ranges::copy(centroids.row(i), centroids.row(20 + i).begin());
    }
    EXPECT_EQ(certain_share(rows, centroids), 0);
  }
}

TEST_F(ScreenTest, IsNotMisledByCentroidsCloseTogether) {
  for (const std::size_t d : kDimensions) {
    const Space space{d, {}};
    FeatureRows rows = test::grouped_table(space, 640, 1);
    Centroids centroids(space, 24);
    for (const float apart : {1e-7F, 1e-5F, 1e-4F, 1e-3F, 1e-2F}) {
      for (std::size_t i = 0; i < centroids.count; ++i) {
        for (std::size_t j = 0; j < d; ++j) {
          const auto step = static_cast<float>((i * 7 + j * 5) % 24);
          centroids.row(i)[j] = rows.number(3, j) * (1 + apart * step);
        }
      }
      certain_share(rows, centroids);
    }
  }
}

TEST_F(ScreenTest, StandsAnyScale) {
  for (const std::size_t d : {1U, 3U, 64U}) {
    const Space space{d, {}};
    for (const float rows_scale : {0.0F, 1e-30F, 1e-10F, 1e-3F, 1.0F, 1e4F, 1e9F, 1e15F, 1e30F}) {
      FeatureRows rows = test::grouped_table(space, 128, 9);
      scale(rows, rows_scale);
      for (const float factor : {0.0F, 1e-30F, 1e-10F, 1e-3F, 1.0F, 1e4F, 1e9F, 1e30F}) {
        certain_share(rows, as_centroids(test::grouped_table(space, 30, 9, 5), factor));
      }
    }
  }
}

TEST_F(ScreenTest, RowsFarOutCostOthersNothingButCertainty) {
  for (const std::size_t d : {1U, 8U, 64U}) {
    const Space space{d, {}};
    FeatureRows rows = test::grouped_table(space, 640, 9);
    for (std::size_t b = 0; b < rows.blocks(); b += 2) {
      rows.set_number(b * 64 + b, 0, b % 4 == 0 ? -3e4F : 1e7F);
    }
    Centroids centroids = as_centroids(test::grouped_table(space, 32, 9, 5));
    EXPECT_GE(certain_share(rows, centroids), 0.4);
    centroids.row(31)[0] = -3e4F;
    certain_share(rows, centroids);
  }
}

TEST_F(ScreenTest, IsGivenUpWhenItDoesNotPay) {
  const Space space{8, {}};
  const FeatureRows rows = test::grouped_table(space, 64, 9);
  const Centroids good = as_centroids(test::grouped_table(space, 32, 9, 5));
  Screen paying(good, Assigner(good, rows.categories()).largest_norm());
  const Centroids same(space, 32);
  Screen hopeless(same, 0);
  alignas(simd::kAlignment) std::int32_t label[BlockRows::kRows];
  for (int i = 0; i < 20; ++i) {
    (void)paying.labels(block_rows(rows, 0), 10.0F, label);
    EXPECT_EQ(hopeless.labels(block_rows(rows, 0), 10.0F, label), ~std::uint64_t{0});
  }
  EXPECT_TRUE(paying.pays());
  EXPECT_FALSE(hopeless.pays());
}

}  // namespace
}  // namespace tessera::cluster
