// Every instruction set gives the same bits, and they mean the nearest centroid.
#include "cluster/kernels/kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "cluster/assign.hpp"
#include "cluster/kernels/kernel_sets.hpp"
#include "cluster/kernels/row_batch.hpp"
#include "cluster/seeding/nearest_distances.hpp"
#include "support/feature_tables.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;
using features::Space;
using features::Unseen;

const std::vector<Space> kSpaces = {{1, {}},
                                    {6, {}},
                                    {17, {}},
                                    {40, {}},
                                    {0, {3}},
                                    {2, {2, 5}},
                                    {8, {2, 3, 40}},
                                    {3, {17, 33}},
                                    {5, {300, 16}},
                                    {1, {2, 2, 2, 2}},
                                    {8, {2, 3, 4, 5, 8, 10}},
                                    {2, {1, 31, 32}},
                                    {1, {255, 256, 1000}},
                                    {2, {2, 5}, {0.3F, 3}},
                                    {5, {300, 3, 16}, {2.5F, 1, 0.01F}},
                                    {0, {40, 2, 2, 2}, {1, 1.7F, 20, 0.5F}}};

Centroids some_centroids(const Space& space, std::size_t k) {
  const FeatureRows rows = test::grouped_table(space, k, 7, 99);
  Centroids centroids(space, k);
  for (std::size_t i = 0; i < k; ++i) {
    rows.expand(i, centroids.row(i));
    for (float& value : centroids.row(i)) {
      value = value * 0.75F + 0.03F;
    }
  }
  return centroids;
}

constexpr Unseen kBoth[] = {Unseen::kAbsent, Unseen::kPossible};

void expect_same(const BlockAssignment& found, const BlockAssignment& expected) {
  for (std::size_t i = 0; i < FeatureRows::kBlock; ++i) {
    ASSERT_EQ(found.label[i], expected.label[i]) << "row " << i;
    ASSERT_EQ(std::bit_cast<std::uint32_t>(found.score[i]),
              std::bit_cast<std::uint32_t>(expected.score[i]));
    ASSERT_EQ(std::bit_cast<std::uint32_t>(found.second[i]),
              std::bit_cast<std::uint32_t>(expected.second[i]));
  }
}

TEST(Kernels, GiveTheSameBitsOnEveryInstructionSet) {
  constexpr float kClose = 0.5F;
  for (const Space& space : kSpaces) {
    for (const Unseen unseen : kBoth) {
      FeatureRows rows = test::grouped_table(space, 130, 5, 1, unseen);
      if (space.categories() > 0 && unseen == Unseen::kPossible) {
        rows.set_code(3, 0, features::kNoLevel);
      }
      for (const std::size_t k : {1U, 2U, 3U, 4U, 5U, 8U, 13U}) {
        const Centroids centroids = some_centroids(space, k);
        const PackedCentroids packed(centroids, rows.categories());
        for (std::size_t b = 0; b < rows.blocks(); ++b) {
          BlockAssignment expected;
          (void)kPortableKernels.assign(block_rows(rows, b), packed.view(), kClose, expected);
          std::uint64_t close = 0;
          for (std::size_t i = 0; i < FeatureRows::kBlock; ++i) {
            const bool is_close = expected.second[i] - expected.score[i] <= kClose;
            close |= std::uint64_t{is_close} << i;
          }
          for (const NamedKernels& set : available_kernels()) {
            SCOPED_TRACE(set.name);
            BlockAssignment found;
            ASSERT_EQ(set.kernels->assign(block_rows(rows, b), packed.view(), kClose, found), close)
                << "k " << k;
            ASSERT_NO_FATAL_FAILURE(expect_same(found, expected)) << "k " << k;
          }
        }
      }
    }
  }
}

TEST(Kernels, FindTheNearestAndTheNext) {
  for (const Space& space : kSpaces) {
    const Centroids centroids = some_centroids(space, 9);
    for (const Unseen unseen : kBoth) {
      FeatureRows rows = test::grouped_table(space, 64, 5, 1, unseen);
      for (std::size_t c = 0; c < space.categories() && unseen == Unseen::kPossible; ++c) {
        rows.set_code(2 * c, c, features::kNoLevel);
      }
      const PackedCentroids packed(centroids, rows.categories());
      BlockAssignment found;
      (void)kernels().assign(block_rows(rows, 0), packed.view(), 0, found);
      for (std::uint64_t row = 0; row < rows.rows(); ++row) {
        double norm = 0;
        for (const float x : test::dense_row(rows, row)) {
          norm += double{x} * double{x};
        }
        std::vector<double> distances;
        for (std::size_t i = 0; i < centroids.count; ++i) {
          distances.push_back(squared_distance(rows, row, centroids.row(i)));
        }
        std::vector<double> sorted = distances;
        std::ranges::sort(sorted);
        const double tolerance = 1e-5 * (1 + norm);
        EXPECT_NEAR(distances[static_cast<std::size_t>(found.label[row])], sorted[0], tolerance);
        EXPECT_NEAR(norm + 2 * double{found.score[row]}, sorted[0], tolerance);
        EXPECT_NEAR(norm + 2 * double{found.second[row]}, sorted[1], tolerance);
      }
    }
  }
}

TEST(Kernels, ATieGoesToTheLowerNumber) {
  const Space space{3, {4}};
  const FeatureRows rows = test::grouped_table(space, 64, 3);
  const Centroids one = some_centroids(space, 1);
  Centroids same(space, 6);
  for (std::size_t i = 0; i < same.count; ++i) {
    std::ranges::copy(one.row(0), same.row(i).begin());
  }
  for (const NamedKernels& set : available_kernels()) {
    BlockAssignment found;
    const PackedCentroids packed(same, rows.categories());
    (void)set.kernels->assign(block_rows(rows, 0), packed.view(), 0, found);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      EXPECT_EQ(found.label[i], 0) << set.name;
      EXPECT_EQ(found.second[i], found.score[i]) << set.name;
    }
  }
}

TEST(Kernels, ApproachMeasuresOtherRowsAndNeverMovesAway) {
  for (const Space& space : kSpaces) {
    const FeatureRows rows = test::grouped_table(space, 64, 5);
    const FlatPoints points(rows);
    for (const NamedKernels& set : available_kernels()) {
      alignas(64) float nearest[FeatureRows::kBlock];
      std::ranges::fill(nearest, std::numeric_limits<float>::infinity());
      alignas(64) std::int32_t labels[FeatureRows::kBlock] = {};
      for (const std::uint64_t point : {7ULL, 21ULL}) {
        points.approach(*set.kernels, rows, 0, point, static_cast<std::int32_t>(point), nearest,
                        labels);
        EXPECT_EQ(nearest[point], 0) << set.name;
      }
      for (std::uint64_t row = 0; row < rows.rows(); ++row) {
        const std::vector<float> x = test::dense_row(rows, row);
        const double to_7 = test::squared_distance(x, test::dense_row(rows, 7));
        const double to_21 = test::squared_distance(x, test::dense_row(rows, 21));
        const double expected = std::min(to_7, to_21);
        EXPECT_NEAR(nearest[row], expected, 1e-5 * (1 + expected)) << set.name;
        EXPECT_NEAR(labels[row] == 7 ? to_7 : to_21, expected, 1e-5 * (1 + expected)) << set.name;
      }
    }
  }
}

/// Some rows of a block: none, one, few, most, all.
const std::vector<std::uint64_t> kChoices = {0, 1ULL << 63U, 0x8000'0100'0000'0011ULL,
                                             0x00FF'FFFE'0000'7777ULL, ~0ULL};

TEST(Kernels, SiftBringsChosenRowsTogether) {
  for (const Space& space : kSpaces) {
    const FeatureRows rows = test::grouped_table(space, 64, 5);
    const BlockRows block = block_rows(rows, 0);
    for (const NamedKernels& set : available_kernels()) {
      for (const std::uint64_t chosen : kChoices) {
        constexpr std::size_t kStride = 96;
        constexpr std::size_t kBefore = 3;  // rows that are there already
        std::vector<float> numbers(kStride * (space.numeric + 1), -7.0F);
        std::vector<std::uint8_t> positions(kStride * (2 * space.categories() + 1), 77);
        set.kernels->sift(block, chosen, numbers.data() + kBefore, positions.data() + kBefore,
                          kStride);
        std::size_t at = kBefore;
        for (std::size_t i = 0; i < 64; ++i) {
          if ((chosen >> i & 1U) == 0) {
            continue;
          }
          for (std::size_t j = 0; j < space.numeric; ++j) {
            ASSERT_EQ(numbers[j * kStride + at], rows.number(i, j)) << set.name;
            ASSERT_EQ(numbers[j * kStride], -7.0F) << set.name;
          }
          const std::size_t bytes = rows.categories().position_bytes();
          for (std::size_t t = 0; t < rows.categories().tables().size(); ++t) {
            const std::uint8_t* const low = positions.data() + t * bytes * kStride + at;
            ASSERT_EQ(features::read_position(low, kStride, bytes), rows.position(i, t))
                << set.name;
          }
          ++at;
        }
      }
    }
  }
}

TEST(Kernels, MoveSumsIsIntegerArithmetic) {
  constexpr std::size_t kSegments = 5;
  for (const Space& space : kSpaces) {
    FeatureRows rows = test::grouped_table(space, 64, 5);
    std::vector<float> factors;
    for (std::size_t j = 0; j < space.numeric; ++j) {
      factors.push_back(static_cast<float>(1U << (10 + j % 12)));
      // halves, which go to the even neighbour, and what is nearly too large
      for (std::uint64_t i = 0; i < 16; ++i) {
        const float whole = static_cast<float>(i) * (j % 2 == 0 ? 1.0F : -1.0F);
        rows.set_number(4 * i, j, (whole + 0.5F) / factors[j]);
        rows.set_number(4 * i + 1, j, whole * 0x1p26F / factors[j]);
      }
    }
    alignas(64) Label labels[64];
    alignas(64) std::int32_t to[64];
    for (std::size_t i = 0; i < 64; ++i) {
      labels[i] = i % 7 == 3 ? kNoLabel : static_cast<Label>(i % kSegments);
      to[i] = static_cast<std::int32_t>((i / 3) % kSegments);
    }
    RowBatch batch(rows);  // the same rows, another stride
    batch.append(block_rows(rows, 0), ~std::uint64_t{0});
    // something between the sums and the size, and whole cache lines
    const std::size_t stride = (space.numeric + 2 + 7) / 8 * 8;
    for (const std::uint64_t chosen : kChoices) {
      std::vector<std::int64_t> expected(kSegments * stride, 1'000'000'000'000);
      for (std::size_t i = 0; i < 64; ++i) {
        if ((chosen >> i & 1U) == 0) {
          continue;
        }
        for (std::size_t j = 0; j <= space.numeric; ++j) {
          const std::int64_t value =
              j < space.numeric ? std::llrint(double{rows.number(i, j)} * double{factors[j]}) : 1;
          const std::size_t column = j < space.numeric ? j : space.numeric + 1;
          expected[static_cast<std::size_t>(to[i]) * stride + column] += value;
          if (labels[i] != kNoLabel) {
            expected[labels[i] * stride + column] -= value;
          }
        }
      }
      for (const NamedKernels& set : available_kernels()) {
        for (const BlockRows& block : {block_rows(rows, 0), batch.first()}) {
          std::vector<std::int64_t> sums(kSegments * stride, 1'000'000'000'000);
          std::vector<std::int64_t> nowhere(stride);
          simd::AlignedVector<std::int32_t> scratch(16 * quantised_stride(space.numeric));
          set.kernels->move_sums(block, chosen, labels, to,
                                 {.values = sums.data(),
                                  .stride = stride,
                                  .size_at = space.numeric + 1,
                                  .factors = factors.data(),
                                  .nowhere = nowhere.data(),
                                  .scratch = scratch.data()});
          ASSERT_EQ(sums, expected) << set.name;
        }
      }
    }
  }
}

TEST(Kernels, BoundsAreBelowTheGapsAndDoubtIsAbove) {
  for (const Space& space : kSpaces) {
    const FeatureRows rows = test::grouped_table(space, 64, 5);
    const BlockRows block = block_rows(rows, 0);
    for (const std::size_t k : {2U, 9U, 23U}) {
      const Centroids centroids = some_centroids(space, k);
      const PackedCentroids packed(centroids, rows.categories());
      simd::AlignedVector<float> drifts(std::max<std::size_t>(k, 16), 0.0F);
      for (std::size_t s = 0; s < k; ++s) {
        drifts[s] = 0.25F * static_cast<float>(s);
      }
      for (const NamedKernels& set : available_kernels()) {
        EXPECT_GE(set.kernels->largest_norm(block), 0);
        BlockAssignment found;
        (void)set.kernels->assign(block, packed.view(), 0, found);
        alignas(64) float until[64];
        const float least = set.kernels->renew(block, found, {drifts.data(), k}, 1e-4F, until);
        double least_gap = std::numeric_limits<double>::infinity();
        alignas(64) Label labels[64];
        for (std::size_t i = 0; i < 64; ++i) {
          std::vector<double> distances;
          for (std::size_t s = 0; s < k; ++s) {
            distances.push_back(std::sqrt(squared_distance(rows, i, centroids.row(s))));
          }
          labels[i] = static_cast<Label>(found.label[i]);
          const double own = distances[labels[i]];
          distances.erase(distances.begin() + labels[i]);
          const double gap = *std::ranges::min_element(distances) - own;
          least_gap = std::min(least_gap, gap);
          const double bound = double{until[i]} - double{drifts[labels[i]]};
          EXPECT_LE(bound, gap + 1e-5) << set.name;
          EXPECT_GE(bound, gap - 0.05) << set.name;
        }
        EXPECT_LE(double{least}, least_gap + 1e-5);
        float left = 0;
        const float margin = least + 0.1F;
        const std::uint64_t doubtful =
            set.kernels->doubtful(labels, until, {drifts.data(), k}, margin, left);
        EXPECT_NEAR(left, least, 1e-5) << set.name;
        for (std::size_t i = 0; i < 64; ++i) {
          EXPECT_EQ(doubtful >> i & 1U, until[i] - drifts[labels[i]] <= margin ? 1U : 0U);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tessera::cluster
