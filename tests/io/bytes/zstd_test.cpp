#include <gtest/gtest.h>

#include "io/bytes/packed_support.hpp"
#include "support/expect_error.hpp"

namespace tessera::io {
namespace {

using test::expect_error;

constexpr const char* kText = "a,b\n1,2\n3,4\n";

// printf 'a,b\n1,2\n3,4\n' | zstd | xxd -p
std::string packed() { return bytes_of_hex("28b52ffd0458610000612c620a312c320a332c340ae1b3cb2e"); }

TEST(Zstd, IsReadWhole) {
  EXPECT_EQ(read_whole(packed()), kText);
  EXPECT_EQ(read_whole(packed(), 1), kText);
  EXPECT_EQ(read_whole(packed(), 1000), kText);
}

TEST(Zstd, MayHaveSeveralFrames) {
  EXPECT_EQ(read_whole(packed() + packed()), std::string(kText) + kText);
  expect_error(ExitCode::kBadData, "packed is damaged",
               [] { (void)read_whole(packed() + "and text"); });
}

TEST(Zstd, IsRefusedWhereItIsCutOffOrDamaged) {
  const std::string whole = packed();
  for (std::size_t size = 4; size < whole.size(); ++size) {
    expect_error(ExitCode::kBadData, "packed is cut off",
                 [&] { (void)read_whole(whole.substr(0, size)); });
  }
  std::string damaged = whole;
  damaged[damaged.size() - 1] = static_cast<char>(damaged[damaged.size() - 1] ^ 1);  // its checksum
  expect_error(ExitCode::kBadData, "packed is damaged", [&] { (void)read_whole(damaged); });
}

}  // namespace
}  // namespace tessera::io
