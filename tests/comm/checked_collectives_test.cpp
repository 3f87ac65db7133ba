// Ranks under MPI that agree on each collective before they call it.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "collectives.hpp"
#include "comm/checked_communicator.hpp"
#include "support/world.hpp"

namespace tessera::comm {
namespace {

using test::world;

/// Stands before another communicator and calls the same.
class Forward final : public Communicator {
 public:
  [[nodiscard]] int rank() const override { return world().rank(); }
  [[nodiscard]] int size() const override { return world().size(); }
  [[nodiscard]] int nodes() const override { return world().nodes(); }
  void barrier() const override { world().barrier(); }

 protected:
  void all_reduce_raw(void* values, std::size_t count, Type type, Op op) const override {
    switch (type) {
      case Type::kInt64:
        return world().all_reduce(std::span(static_cast<std::int64_t*>(values), count), op);
      case Type::kUint64:
        return world().all_reduce(std::span(static_cast<std::uint64_t*>(values), count), op);
      case Type::kDouble:
        return world().all_reduce(std::span(static_cast<double*>(values), count), op);
    }
  }
  void exclusive_sum_raw(std::span<std::int64_t> values) const override {
    world().sum_of_lower_ranks(values);
  }
  std::vector<std::byte> all_gather_raw(std::span<const std::byte> mine) const override {
    return world().all_gather(mine);
  }
  void broadcast_raw(std::span<std::byte> bytes, int root) const override {
    world().broadcast(bytes, root);
  }
  void all_to_all_raw(std::span<const std::byte> mine, std::span<const std::uint64_t> to,
                      std::span<std::byte> received, std::span<const std::uint64_t> from,
                      std::size_t width) const override {
    const auto times_width = [width](std::span<const std::uint64_t> counts) {
      std::vector<std::uint64_t> bytes(counts.begin(), counts.end());
      for (std::uint64_t& count : bytes) {
        count *= width;
      }
      return bytes;
    };
    world().all_to_all(mine, times_width(to), received, times_width(from));
  }
};

class CheckedCollectives : public ::testing::TestWithParam<test::CollectiveTest> {};

TEST_P(CheckedCollectives, DoWhatRanksDo) {
  const CheckedCommunicator checked(std::make_unique<Forward>());
  GetParam().run(checked);
  checked.end();
}

INSTANTIATE_TEST_SUITE_P(All, CheckedCollectives, ::testing::ValuesIn(test::kCollectiveTests),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Checked, DifferentCollectivesAreNamedOnAllRanks) {
  const CheckedCommunicator checked(std::make_unique<Forward>());
  checked.barrier();
  const bool last = checked.rank() == checked.size() - 1;
  try {
    last ? checked.end() : checked.barrier();
    EXPECT_EQ(checked.size(), 1);
  } catch (const std::logic_error& error) {
    EXPECT_EQ(
        error.what(),
        "ranks call different collectives, after 1 that were the same: rank 0 barrier; rank " +
            std::to_string(checked.size() - 1) + " nothing more: it has ended");
  }
}

}  // namespace
}  // namespace tessera::comm
