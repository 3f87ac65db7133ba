// What every kind of communicator has to do, on any number of ranks.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <string>
#include <vector>

#include "tessera/base/error.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::test {

using comm::Communicator;
using comm::Op;

inline void reduces_integers_and_bounds_of_doubles(const Communicator& comm) {
  const std::int64_t ranks = comm.size();
  EXPECT_EQ(comm.all_sum(std::int64_t{comm.rank()} + 1), ranks * (ranks + 1) / 2);
  EXPECT_EQ(comm.all_min(-1.5 * comm.rank()), -1.5 * static_cast<double>(ranks - 1));
  EXPECT_EQ(comm.all_max(std::uint64_t{7}), 7U);
  std::vector<std::int64_t> pair = {comm.rank(), 2};
  comm.all_reduce(std::span<std::int64_t>(pair), Op::kSum);
  EXPECT_THAT(pair, testing::ElementsAre(ranks * (ranks - 1) / 2, 2 * ranks));
}

inline void reduces_many_elements(const Communicator& comm) {
  std::vector<std::uint64_t> sums(1000);
  std::iota(sums.begin(), sums.end(), 0U);
  std::vector<double> least(1000);
  for (std::size_t i = 0; i < least.size(); ++i) {
    // another rank's is the least of each
    least[i] = static_cast<double>((i + static_cast<std::size_t>(comm.rank())) %
                                   static_cast<std::size_t>(comm.size()));
  }
  comm.all_reduce(std::span<std::uint64_t>(sums), Op::kSum);
  comm.all_reduce(std::span<double>(least), Op::kMin);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    EXPECT_EQ(sums[i], i * static_cast<std::uint64_t>(comm.size()));
    EXPECT_EQ(least[i], 0);
  }
}

inline void refuses_to_add_doubles(const Communicator& comm) {
  double value = 1;
  EXPECT_THROW(comm.all_reduce(std::span<double>(&value, 1), Op::kSum), std::logic_error);
}

inline void gathers_different_counts_in_rank_order(const Communicator& comm) {
  // rank r brings r times its number
  const std::vector<std::int32_t> mine(static_cast<std::size_t>(comm.rank()), comm.rank());
  std::vector<std::int32_t> expected;
  for (std::int32_t r = 0; r < comm.size(); ++r) {
    expected.insert(expected.end(), static_cast<std::size_t>(r), r);
  }
  EXPECT_EQ(comm.all_gather(mine), expected);
  const std::vector<std::string> texts =
      comm.all_gather_strings(std::string(static_cast<std::size_t>(comm.rank()), 'x'));
  ASSERT_EQ(texts.size(), static_cast<std::size_t>(comm.size()));
  EXPECT_EQ(texts.back().size(), texts.size() - 1);
}

inline void adds_up_lower_ranks(const Communicator& comm) {
  const std::int64_t rank = comm.rank();
  EXPECT_EQ(comm.sum_of_lower_ranks(std::int64_t{10}), 10 * rank);
  std::vector<std::int64_t> three = {rank, -1, std::int64_t{1} << 40};
  comm.sum_of_lower_ranks(std::span(three));
  EXPECT_THAT(three, testing::ElementsAre(rank * (rank - 1) / 2, -rank, rank << 40));
  std::vector<std::uint64_t> nothing;
  comm.sum_of_lower_ranks(std::span(nothing));
}

inline void broadcasts_text_of_unknown_length(const Communicator& comm) {
  const int last = comm.size() - 1;
  const std::string text = comm.rank() == last ? "from the last rank" : "";
  EXPECT_EQ(comm.broadcast(text, last), "from the last rank");
}

inline void deals_to_each_rank_what_is_for_it(const Communicator& comm) {
  const auto ranks = static_cast<std::size_t>(comm.size());
  const auto rank = static_cast<std::size_t>(comm.rank());
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
    comm.all_to_all(std::span<const std::size_t>(mine), to, std::span(received), from);
    EXPECT_EQ(received, expected);
  }
}

inline void a_failure_anywhere_is_one_error_everywhere(const Communicator& comm) {
  const int last = comm.size() - 1;
  try {
    comm.together([&] {
      if (comm.rank() == last) {
        fail_about("log1p", ExitCode::kBadData, "row {} is bad", 7);
      }
    });
    ADD_FAILURE() << "no error on rank " << comm.rank();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadData);
    EXPECT_STREQ(error.what(), "row 7 is bad");
    EXPECT_EQ(error.about(), "log1p");
  }
}

inline void the_lowest_failing_rank_is_heard(const Communicator& comm) {
  try {
    comm.together([&] { fail(ExitCode::kIo, "rank {}", comm.rank()); });
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "rank 0");
  }
}

inline void an_unexpected_exception_is_an_internal_error(const Communicator& comm) {
  try {
    comm.together([] { throw std::out_of_range("index"); });
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kInternal);
  }
}

struct CollectiveTest {
  const char* name;
  void (*run)(const Communicator&);
};

inline constexpr auto kCollectiveTests = std::to_array<CollectiveTest>({
    {"ReducesIntegersAndBoundsOfDoubles", reduces_integers_and_bounds_of_doubles},
    {"ReducesManyElements", reduces_many_elements},
    {"RefusesToAddDoubles", refuses_to_add_doubles},
    {"GathersDifferentCountsInRankOrder", gathers_different_counts_in_rank_order},
    {"AddsUpLowerRanks", adds_up_lower_ranks},
    {"BroadcastsTextOfUnknownLength", broadcasts_text_of_unknown_length},
    {"DealsToEachRankWhatIsForIt", deals_to_each_rank_what_is_for_it},
    {"AFailureAnywhereIsOneErrorEverywhere", a_failure_anywhere_is_one_error_everywhere},
    {"TheLowestFailingRankIsHeard", the_lowest_failing_rank_is_heard},
    {"AnUnexpectedExceptionIsAnInternalError", an_unexpected_exception_is_an_internal_error},
});

}  // namespace tessera::test
