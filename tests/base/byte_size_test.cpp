#include "tessera/base/byte_size.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tessera {
namespace {

TEST(ParseBytes, TakesUnits) {
  EXPECT_EQ(parse_bytes("1024"), 1024U);
  EXPECT_EQ(parse_bytes("2K"), 2048U);
  EXPECT_EQ(parse_bytes("1.5GiB"), std::uint64_t{3} << 29U);
  EXPECT_EQ(parse_bytes("4MB"), std::uint64_t{4} << 20U);
  EXPECT_EQ(parse_bytes("1T"), std::uint64_t{1} << 40U);
  for (const std::string wrong : {"", "G", "-1", "4X", "4GG", "4 G", "nan", "inf", "1e30"}) {
    EXPECT_EQ(parse_bytes(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace tessera
