#include "cluster/kmeans/row_order.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "support/feature_tables.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

void expect_in_order(const RowOrder& order, const FeatureRows& first) {
  for (std::uint64_t row = 0; row < first.rows(); ++row) {
    const std::uint64_t origin = order.original(row);
    ASSERT_EQ(order.position(origin), row);
    ASSERT_EQ(test::dense_row(order.rows(), row), test::dense_row(first, origin));
  }
}

TEST(RowOrder, KnowsWhereEachRowWasAndBringsItBack) {
  const std::uint64_t count = RowOrder::kPieceRows + 3 * FeatureRows::kBlock + 7;
  const FeatureRows first = test::grouped_table({3, {4, 300}}, count, 5);
  FeatureRows rows = first;
  {
    RowOrder order(rows);
    expect_in_order(order, first);
    EXPECT_EQ(order.original(5), 5U);
    for (const std::vector<std::size_t>& blocks :
         {std::vector<std::size_t>{0, 2, 63}, std::vector<std::size_t>{2, 3},
          std::vector<std::size_t>{64, 66}}) {
      const std::size_t n = blocks.size() * FeatureRows::kBlock;
      std::vector<std::uint16_t> from(n);
      for (std::size_t i = 0; i < n; ++i) {
        from[i] = static_cast<std::uint16_t>((37 * i + 5) % n);
      }
      order.reorder(blocks, from);
      expect_in_order(order, first);
    }
    EXPECT_NE(order.original(5), 5U);
    EXPECT_EQ(order.original(count - 1), count - 1);
    order.restore();
    expect_in_order(order, first);
    EXPECT_EQ(order.original(5), 5U);

    std::vector<std::uint16_t> reversed(FeatureRows::kBlock);
    std::iota(reversed.rbegin(), reversed.rend(), std::uint16_t{0});
    order.reorder(std::vector<std::size_t>{1}, reversed);
    expect_in_order(order, first);
    EXPECT_EQ(order.original(FeatureRows::kBlock), 2 * FeatureRows::kBlock - 1);
  }
  for (std::uint64_t row = 0; row < count; ++row) {
    ASSERT_EQ(test::dense_row(rows, row), test::dense_row(first, row));
  }
}

}  // namespace
}  // namespace tessera::cluster
