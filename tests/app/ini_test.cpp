#include "tessera/app/ini.hpp"

#include <gtest/gtest.h>

#include "tessera/base/error.hpp"

namespace tessera::app {
namespace {

std::string failure(const std::string& text) {
  try {
    (void)parse_ini(text, "a.ini");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfig);
    return error.what();
  }
  return "no failure";
}

TEST(ParseIni, SkipsCommentsAndTrims) {
  const auto entries = parse_ini(
      "\xEF\xBB\xBF# a comment\r\n"
      "\n"
      "; another\n"
      "  segments = 5   # of them\r\n"
      "init=k-means||\n"
      "label =\n"
      "name = a#b",
      "a.ini");
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].key, "segments");
  EXPECT_EQ(entries[0].value, "5");
  EXPECT_EQ(entries[0].line, 4U);
  EXPECT_EQ(entries[1].value, "k-means||");
  EXPECT_EQ(entries[2].value, "");
  EXPECT_EQ(entries[3].value, "a#b");
}

TEST(ParseIni, NamesTheLineOfAMistake) {
  EXPECT_EQ(failure("a = 1\njust words\n"),
            "a.ini: line 2: expected 'name = value', not 'just words'");
  EXPECT_EQ(failure("= 1"), "a.ini: line 1: expected 'name = value', not '= 1'");
  EXPECT_EQ(failure("\na = \"b"), "a.ini: line 2: the closing quote is missing");
  EXPECT_EQ(failure("a = \"b\" c"), "a.ini: line 1: 'c' follows the closing quote");
  EXPECT_EQ(failure("[train]"),
            "a.ini: line 1: sections such as '[train]' are not used; remove the line");
}

TEST(IniValue, ComesBackAsItWas) {
  for (const std::string value : {"", "plain", "two words", " spaces ", "\t", ";", "a # b", "#",
                                  "\"quoted\"", "back\\slash", "\"", "line\nbreak", "'"}) {
    const auto entries = parse_ini("key = " + ini_value(value) + "\n", "a.ini");
    ASSERT_EQ(entries.size(), 1U) << value;
    EXPECT_EQ(entries[0].value, value);
  }
}

}  // namespace
}  // namespace tessera::app
