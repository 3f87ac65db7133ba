// What is more memory than any node has is refused, in words that say how much it is.
#include "pipeline/memory.hpp"

#include <gtest/gtest.h>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/node_memory.hpp"

namespace tessera::pipeline {
namespace {

using test::expect_error;
using test::world;

constexpr std::uint64_t kMost = UINT64_MAX;

TEST(Memory, OfRowsNeverWrapsAround) {
  EXPECT_EQ(bytes_of_rows(1, 2, 3, 4), 11U);
  EXPECT_EQ(bytes_of_rows(0, std::uint64_t{1} << 33U, std::uint64_t{1} << 31U), kMost);
  EXPECT_EQ(bytes_of_rows(kMost, 1, 1, 1), kMost);
}

TEST(Memory, IsRequiredOfANode) {
  require_memory(world(), 1, "a job", "do less");
  ASSERT_GT(node_memory_bytes(), 0U);
  expect_error(ExitCode::kUnfit, "a job asks for about ",
               [] { require_memory(world(), std::uint64_t{1} << 51U, "a job", "do less"); });
  expect_error(ExitCode::kUnfit, " each), and no node has more than ",
               [] { require_memory(world(), kMost, "a job", "do less"); });
  // each of the ranks would fit alone
  const std::uint64_t share = node_memory_bytes() / static_cast<std::uint64_t>(world().size());
  require_memory(world(), share, "a job", "do less");
  if (world().size() > 1) {
    expect_error(ExitCode::kUnfit, "do less",
                 [&] { require_memory(world(), share * 2, "a job", "do less"); });
  }
}

}  // namespace
}  // namespace tessera::pipeline
