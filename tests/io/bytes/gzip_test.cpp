#include <gtest/gtest.h>

#include "io/bytes/packed_support.hpp"
#include "support/expect_error.hpp"

namespace tessera::io {
namespace {

using test::expect_error;

constexpr const char* kText = "a,b\n1,2\n3,4\n";

// printf 'a,b\n1,2\n3,4\n' | gzip -n | xxd -p
std::string packed() {
  return bytes_of_hex("1f8b08000000000000034bd449e232d431e232d631e10200e5e9d6ce0c000000");
}

TEST(Gzip, IsReadWhole) {
  EXPECT_EQ(read_whole(packed()), kText);
  EXPECT_EQ(read_whole(packed(), 1), kText);
  EXPECT_EQ(read_whole(packed(), 1000), kText);
}

TEST(Gzip, MayHaveSeveralMembersAndZerosBehind) {
  EXPECT_EQ(read_whole(packed() + packed()), std::string(kText) + kText);
  EXPECT_EQ(read_whole(packed() + std::string(1000, '\0')), kText);
  expect_error(ExitCode::kBadData, "behind its gzip data stands something else",
               [] { (void)read_whole(packed() + "and text"); });
}

TEST(Gzip, IsRefusedWhereItIsCutOffOrDamaged) {
  const std::string whole = packed();
  for (std::size_t size = 2; size < whole.size(); ++size) {
    expect_error(ExitCode::kBadData, "packed is cut off",
                 [&] { (void)read_whole(whole.substr(0, size)); });
  }
  std::string damaged = whole;
  damaged[damaged.size() - 8] = static_cast<char>(damaged[damaged.size() - 8] ^ 1);  // its checksum
  expect_error(ExitCode::kBadData, "packed is damaged", [&] { (void)read_whole(damaged); });
}

TEST(Gzip, OtherBytesAreLeftAsTheyAre) { EXPECT_EQ(read_whole(kText), kText); }

}  // namespace
}  // namespace tessera::io
