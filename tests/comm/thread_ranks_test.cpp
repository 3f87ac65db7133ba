// Ranks that are threads: the collectives of all ranks, and what is wrong is said, not waited for.
#include "tessera/comm/thread_ranks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <tuple>

#include "collectives.hpp"
#include "support/expect_error.hpp"

namespace tessera::comm {
namespace {

using ::testing::HasSubstr;

class ThreadRanks : public ::testing::TestWithParam<std::tuple<test::CollectiveTest, int>> {};

TEST_P(ThreadRanks, DoWhatRanksDo) {
  const auto& [test, ranks] = GetParam();
  run_on_threads(ranks, test.run);
}

INSTANTIATE_TEST_SUITE_P(All, ThreadRanks,
                         ::testing::Combine(::testing::ValuesIn(test::kCollectiveTests),
                                            ::testing::Values(1, 2, 7, 64)),
                         [](const auto& test) {
                           return std::string(std::get<0>(test.param).name) + "On" +
                                  std::to_string(std::get<1>(test.param));
                         });

/// What the logic_error says that `body` ends with on `ranks` ranks.
std::string complaint(int ranks, const std::function<void(const Communicator&)>& body) {
  try {
    run_on_threads(ranks, body);
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "none";
}

TEST(ThreadRanksAlone, AllRunOnceAndEachHasItsRank) {
  std::vector<int> seen(7);
  run_on_threads(7, [&](const Communicator& comm) {
    ++seen[static_cast<std::size_t>(comm.rank())];
    EXPECT_EQ(comm.size(), 7);
    EXPECT_EQ(comm.nodes(), 1);
  });
  EXPECT_THAT(seen, ::testing::Each(1));
  EXPECT_THROW(run_on_threads(0, [](const Communicator&) {}), std::invalid_argument);
}

TEST(ThreadRanksAlone, DifferentCollectivesAreNamed) {
  EXPECT_EQ(complaint(3,
                      [](const Communicator& comm) {
                        comm.barrier();
                        if (comm.rank() == 2) {
                          (void)comm.broadcast("text", 2);
                        } else {
                          (void)comm.all_max(std::int64_t{1});
                        }
                      }),
            "ranks call different collectives, after 1 that were the same: rank 0 all_reduce (max "
            "of 1 int64); rank 2 broadcast (8 bytes from rank 2)");
  EXPECT_THAT(complaint(2,
                        [](const Communicator& comm) {
                          std::vector<std::int64_t> values(comm.rank() == 0 ? 3 : 4);
                          comm.all_reduce(std::span<std::int64_t>(values), Op::kSum);
                        }),
              HasSubstr("rank 0 all_reduce (sum of 3 int64); rank 1 all_reduce (sum of 4 int64)"));
  EXPECT_THAT(complaint(2,
                        [](const Communicator& comm) {
                          if (comm.rank() == 1) {
                            comm.barrier();
                          }
                        }),
              HasSubstr("rank 0 nothing more: it has ended; rank 1 barrier"));
}

TEST(ThreadRanksAlone, CollectivesWithinAPhaseAreNamed) {
  EXPECT_THAT(
      complaint(2, [](const Communicator& comm) { comm.together([&] { comm.barrier(); }); }),
      HasSubstr("a collective within together(), where a rank may fail alone: barrier"));
}

TEST(ThreadRanksAlone, UnequalDealsAreNamed) {
  EXPECT_EQ(complaint(2,
                      [](const Communicator& comm) {
                        const std::vector<char> mine(2);
                        const std::vector<std::uint64_t> to = {1, 1};
                        const std::vector<std::uint64_t> from = {comm.rank() == 0 ? 2U : 1U, 1};
                        std::vector<char> received(3);
                        comm.all_to_all(std::span<const char>(mine), to, std::span(received), from);
                      }),
            "rank 0 deals 1 elements to rank 0, which expects 2");
}

TEST(ThreadRanksAlone, WhoFailsAloneLeavesNobodyWaiting) {
  std::atomic<int> went_on = 0;
  test::expect_error(ExitCode::kBadData, "rank 5 alone", [&] {
    run_on_threads(64, [&](const Communicator& comm) {
      comm.barrier();
      if (comm.rank() == 5) {
        fail(ExitCode::kBadData, "rank 5 alone");
      }
      comm.barrier();
      ++went_on;
    });
  });
  EXPECT_EQ(went_on, 0);
}

TEST(ThreadRanksAlone, WhatAllFailWithIsThrownOnce) {
  test::expect_error(ExitCode::kIo, "from rank 3", [] {
    run_on_threads(7, [](const Communicator& comm) {
      comm.together([&] {
        if (comm.rank() >= 3) {
          fail(ExitCode::kIo, "from rank {}", comm.rank());
        }
      });
    });
  });
}

}  // namespace
}  // namespace tessera::comm
