// Collectives, alone and on several ranks; failures that all ranks hear of.
#include "tessera/comm/communicator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "support/world.hpp"
#include "tessera/base/error.hpp"

namespace tessera {
namespace {

using comm::Op;
using comm::Share;
using test::world;

TEST(Communicator, ReducesIntegersAndBoundsOfDoubles) {
  const std::int64_t ranks = world().size();
  EXPECT_EQ(world().all_sum(std::int64_t{world().rank()} + 1), ranks * (ranks + 1) / 2);
  EXPECT_EQ(world().all_min(-1.5 * world().rank()), -1.5 * static_cast<double>(ranks - 1));
  EXPECT_EQ(world().all_max(std::uint64_t{7}), 7U);
  std::vector<std::int64_t> pair = {world().rank(), 2};
  world().all_reduce(std::span<std::int64_t>(pair), Op::kSum);
  EXPECT_THAT(pair, testing::ElementsAre(ranks * (ranks - 1) / 2, 2 * ranks));
}

TEST(Communicator, RefusesToAddDoubles) {
  double value = 1;
  EXPECT_THROW(world().all_reduce(std::span<double>(&value, 1), Op::kSum), std::logic_error);
}

TEST(Communicator, GathersDifferentCountsInRankOrder) {
  // rank r brings r times its number
  const std::vector<std::int32_t> mine(static_cast<std::size_t>(world().rank()), world().rank());
  std::vector<std::int32_t> expected;
  for (std::int32_t r = 0; r < world().size(); ++r) {
    expected.insert(expected.end(), static_cast<std::size_t>(r), r);
  }
  EXPECT_EQ(world().all_gather(mine), expected);
  const std::vector<std::string> texts =
      world().all_gather_strings(std::string(static_cast<std::size_t>(world().rank()), 'x'));
  ASSERT_EQ(texts.size(), static_cast<std::size_t>(world().size()));
  EXPECT_EQ(texts.back().size(), texts.size() - 1);
}

TEST(Communicator, AddsUpLowerRanks) {
  const std::int64_t rank = world().rank();
  EXPECT_EQ(world().sum_of_lower_ranks(std::int64_t{10}), 10 * rank);
}

TEST(Communicator, BroadcastsTextOfUnknownLength) {
  const int last = world().size() - 1;
  const std::string text = world().rank() == last ? "from the last rank" : "";
  EXPECT_EQ(world().broadcast(text, last), "from the last rank");
}

TEST(Communicator, DealsToEachRankWhatIsForIt) {
  const auto ranks = static_cast<std::size_t>(world().size());
  const auto rank = static_cast<std::size_t>(world().rank());
  // some pairs of ranks, a rank and itself among them, have nothing for each other
  const auto count = [](std::size_t from, std::size_t to) { return (2 * from + to) % 3; };
  for (int again = 0; again < 3; ++again) {
    std::vector<std::size_t> mine;
    std::vector<std::size_t> expected;
    std::vector<std::uint64_t> to(ranks);
    std::vector<std::uint64_t> from(ranks);
    for (std::size_t r = 0; r < ranks; ++r) {
      to[r] = count(rank, r);
      from[r] = count(r, rank);
      for (std::size_t i = 0; i < to[r]; ++i) {
        mine.push_back(100 * rank + 10 * r + i);
      }
      for (std::size_t i = 0; i < from[r]; ++i) {
        expected.push_back(100 * r + 10 * rank + i);
      }
    }
    std::vector<std::size_t> received(expected.size());
    world().all_to_all(std::span<const std::size_t>(mine), to, std::span(received), from);
    EXPECT_EQ(received, expected);
  }
}

TEST(Communicator, AFailureAnywhereIsOneErrorEverywhere) {
  const int last = world().size() - 1;
  try {
    world().together([&] {
      if (world().rank() == last) {
        fail(ExitCode::kBadData, "row {} is bad", 7);
      }
    });
    ADD_FAILURE() << "no error on rank " << world().rank();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadData);
    EXPECT_STREQ(error.what(), "row 7 is bad");
  }
}

TEST(Communicator, TheLowestFailingRankIsHeard) {
  try {
    world().together([&] { fail(ExitCode::kIo, "rank {}", world().rank()); });
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "rank 0");
  }
}

TEST(Communicator, AnUnexpectedExceptionIsAnInternalError) {
  try {
    world().together([] { throw std::out_of_range("index"); });
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kInternal);
  }
}

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
