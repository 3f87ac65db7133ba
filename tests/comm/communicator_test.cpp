// Collectives, alone and on several ranks; failures that all ranks hear of.
#include "tessera/comm/communicator.hpp"

#include <gtest/gtest.h>

#include "collectives.hpp"
#include "support/world.hpp"

namespace tessera {
namespace {

using comm::Share;
using test::world;

class Collectives : public ::testing::TestWithParam<test::CollectiveTest> {};

TEST_P(Collectives, OfTheWorld) { GetParam().run(world()); }

INSTANTIATE_TEST_SUITE_P(All, Collectives, ::testing::ValuesIn(test::kCollectiveTests),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(ShareOf, CoversAllRowsOnceAndEvenly) {
  for (const std::uint64_t rows : {0ULL, 1ULL, 4ULL, 5ULL, 17ULL, 5'000'000'001ULL}) {
    for (const int ranks : {1, 2, 3, 7}) {
      std::uint64_t next = 0;
      for (int rank = 0; rank < ranks; ++rank) {
        const Share share = comm::share_of(rows, rank, ranks);
        EXPECT_EQ(share.first, next);
        EXPECT_LE(share.count - rows / static_cast<std::uint64_t>(ranks), 1U);
        next += share.count;
      }
      EXPECT_EQ(next, rows);
    }
  }
}

}  // namespace
}  // namespace tessera
