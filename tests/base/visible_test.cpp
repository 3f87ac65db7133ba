#include "tessera/base/visible.hpp"

#include <gtest/gtest.h>

#include "tessera/base/error.hpp"

namespace tessera {
namespace {

TEST(Visible, LeavesWhatCanBeSeen) {
  for (const char* const text : {"", "plain text, 12 %", "Müller & Söhne", "日本語", "مرحبا",
                                 "می‌خواهم", "👩‍👩‍👧", "C:\\new\\x"}) {
    EXPECT_EQ(visible(text), text);
  }
}

TEST(Visible, ShowsControlCharacters) {
  EXPECT_EQ(visible("a\nb\r\t\x1b[31m\x7f"), "a\\x0ab\\x0d\\x09\\x1b[31m\\x7f");
  EXPECT_EQ(visible(std::string_view("\0x", 2)), "\\x00x");
  EXPECT_EQ(visible("\u0085\u009b"), "\\u0085\\u009b") << "C1";
  EXPECT_EQ(visible("a\u2028b\u2029c"), "a\\u2028b\\u2029c") << "ends of lines";
  EXPECT_EQ(visible("\u202egnp.exe\u2066\u200f\ufeff\u200b"),
            "\\u202egnp.exe\\u2066\\u200f\\ufeff\\u200b");
}

TEST(Visible, ShowsBytesThatAreNoText) {
  EXPECT_EQ(visible("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(visible("a\xc3"), "a\\xc3") << "cut";
  EXPECT_EQ(visible("\xc0\x8a"), "\\xc0\\x8a") << "a line feed, too long";
  EXPECT_EQ(visible("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
  EXPECT_EQ(visible("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond the last character";
}

TEST(Visible, IsDoneOnce) {
  const std::string once = visible("\x1b\n\u202e\xff");
  EXPECT_EQ(visible(once), once);
}

TEST(VisibleLines, KeepsLineFeedsAlone) {
  EXPECT_EQ(visible_lines("a\n  b\x1b\n\u2028"), "a\n  b\\x1b\n\\u2028");
}

TEST(VisibleFormat, MakesTextsVisibleButNotItsOwn) {
  const std::string text = "x\ny";
  EXPECT_EQ(visible_format("{}:\n{:>5} {} {:.1f}", text, 7, std::string_view("\t"), 2.0),
            "x\\x0ay:\n    7 \\x09 2.0");
}

TEST(Error, IsOneLine) { EXPECT_STREQ(Error(ExitCode::kBadData, "a\nb").what(), "a\\x0ab"); }

}  // namespace
}  // namespace tessera
