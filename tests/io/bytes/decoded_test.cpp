#include <gtest/gtest.h>

#include <string>

#include "support/expect_error.hpp"
#include "tessera/io/bytes.hpp"

namespace tessera::io {
namespace {

std::string decoded(const std::string& text, const std::string& encoding, std::size_t at_once) {
  const MemoryBytes bytes("text", text);
  const DecodedText opened = open_decoded(open_stream(bytes), encoding);
  std::string whole;
  std::string part(at_once, '\0');
  for (std::size_t got = at_once; got == at_once;) {
    got = opened.stream->read(part);
    whole.append(part, 0, got);
  }
  return whole;
}

// Characters that lie across the ends of what is converted at once.
TEST(Decoded, CharactersAreWhole) {
  std::string text = "a";
  for (int i = 0; i < 100'000; ++i) {
    text += i % 5 == 0 ? "\n" : "\xE2\x82\xAC";
  }
  for (const std::size_t at_once : {1U, 1000U, 262'144U, 1'000'000U}) {
    EXPECT_EQ(decoded(text, "UTF-8", at_once), text);
    EXPECT_EQ(decoded("\xEF\xBB\xBF" + text, "UTF-8", at_once), text);
    EXPECT_EQ(decoded(text, "auto", at_once), text);
  }
  EXPECT_EQ(decoded("", "UTF-16", 10), "");
  EXPECT_EQ(decoded("\xFF\xFE", "auto", 10), "");
}

TEST(Decoded, NamesLineAndByteFarInTheText) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) {
    text += "x\xC3\xBC\n";
  }
  test::expect_error(ExitCode::kBadData, "text, line 50001, byte 200,002: FF 79 0A is not",
                     [&] { (void)decoded(text + "y\xFFy\n", "UTF-8", 1000); });
  test::expect_error(ExitCode::kBadData, "text, line 50001, byte 200,001: E2 82 at the end",
                     [&] { (void)decoded(text + "\xE2\x82", "UTF-8", 1000); });
}

TEST(Decoded, EncodingsAreToldByTheFirstBytes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(encoding_of("\xFF\xFE"
                        "a\0"sv),
            "UTF-16LE");
  EXPECT_EQ(encoding_of("\xFE\xFF\0a"sv), "UTF-16BE");
  EXPECT_EQ(encoding_of("\xFF\xFE\0\0a\0\0\0"sv), "UTF-32LE");
  EXPECT_EQ(encoding_of("\0\0\xFE\xFF\0\0\0a"sv), "UTF-32BE");
  EXPECT_EQ(encoding_of("a\0,\0b\0"sv), "UTF-16LE");
  EXPECT_EQ(encoding_of("\0a\0,\0b"sv), "UTF-16BE");
  for (const std::string_view none : {""sv, "a"sv, "a\0"sv, "a,b\n1,\0\n"sv, "a\0\0\0b\0\0\0"sv}) {
    EXPECT_EQ(encoding_of(none), "");
  }
}

TEST(LineEnds, AreToldByTheFirstBytes) {
  EXPECT_TRUE(ends_lines_with_cr("a\rb", false));
  EXPECT_TRUE(ends_lines_with_cr("a\r", true));
  EXPECT_FALSE(ends_lines_with_cr("a\r", false));
  EXPECT_FALSE(ends_lines_with_cr("a\r\nb\r", true));
  EXPECT_FALSE(ends_lines_with_cr("a", true));
}

}  // namespace
}  // namespace tessera::io
