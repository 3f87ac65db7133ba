#include "tessera/app/ini.hpp"
#include "app/column_sections.hpp"

#include <gmock/gmock.h>
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
  for (const std::string line : {"[train", "[]", "[ ]", "["}) {
    EXPECT_EQ(failure(line), "a.ini: line 1: expected '[section]', not '" + line + "'");
  }
}

TEST(ParseIni, TellsTheSectionOfAnEntry) {
  const auto entries = parse_ini("a = 1\n[ column x ] # why\nb = 2\nc = 3\n[y]\nd = 4", "a.ini");
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0].section, "");
  EXPECT_EQ(entries[1].section, "column x");
  EXPECT_EQ(entries[2].section, "column x");
  EXPECT_EQ(entries[3].section, "y");
}

features::FitOptions column_steps(const std::string& text) {
  features::FitOptions options;
  for (const IniEntry& entry : parse_ini(text, "a.ini")) {
    take_column_steps(entry, "a.ini", options);
  }
  return options;
}

TEST(ColumnSections, BecomeStepsAndComeBack) {
  const std::string text =
      "\n[column Annual Income (k$)]\nsteps = clip 0.01:0.99, log1p, standard\n"
      "\n[columns amount_*]\nsteps = impute mean, minmax\n\n[columns numeric]\nsteps = robust\n";
  const features::FitOptions options = column_steps(text);
  ASSERT_EQ(options.columns.size(), 3U);
  EXPECT_EQ(options.columns[0].selector, "Annual Income (k$)");
  EXPECT_TRUE(options.columns[0].by_name);
  EXPECT_EQ(options.columns[0].where, "a.ini: line 3: [column Annual Income (k$)]");
  EXPECT_EQ(options.columns[2].steps, "robust");
  EXPECT_EQ(column_sections(options), text);
  EXPECT_NO_THROW(features::check(options));
}

TEST(ColumnSections, HoldWeightsWhatIsTakenAndRatios) {
  const std::string text =
      "\n[column plan]\nsteps = hash 16\nweight = 0.5\n\n[columns category]\nweight = 2\n"
      "\n[column joined]\ntake = days-before 2024-12-31, weekday\n"
      "\n[ratio per visit]\nof = spend / visits\n";
  const features::FitOptions options = column_steps(text);
  ASSERT_EQ(options.columns.size(), 3U);
  EXPECT_EQ(options.columns[0].steps, "hash 16");
  EXPECT_EQ(options.columns[0].weight, "0.5");
  EXPECT_EQ(options.columns[1].weight, "2");
  EXPECT_EQ(options.columns[2].take, "days-before 2024-12-31, weekday");
  ASSERT_EQ(options.ratios.size(), 1U);
  EXPECT_EQ(options.ratios[0].name, "per visit");
  EXPECT_EQ(column_sections(options), text);
  EXPECT_NO_THROW(features::check(options));
  EXPECT_EQ(column_sections_json(options)[3],
            nlohmann::json({{"ratio", "per visit"}, {"of", "spend / visits"}}));
}

TEST(ColumnSections, ComeBackUnderAnyName) {
  for (const std::string name :
       {"share # of", "#", "a]", "a] # b", "]", " blanks ", "\"quoted\"", "back\\slash", "", "\"",
        "tab\tand\nbreak", "two  blanks", "a = b"}) {
    features::FitOptions options;
    options.columns.push_back({name, "log1p", true, ""});
    const features::FitOptions back = column_steps(column_sections(options));
    ASSERT_EQ(back.columns.size(), 1U) << name;
    EXPECT_EQ(back.columns[0].selector, name);
    EXPECT_TRUE(back.columns[0].by_name);
    EXPECT_EQ(back.columns[0].steps, "log1p");
  }
}

TEST(ParseIni, RefusesSectionsWithoutLines) {
  EXPECT_EQ(failure("[column a]\n[column b]\nsteps = none"),
            "a.ini: line 1: there is nothing in [column a]; remove it, or give it lines");
  EXPECT_EQ(failure("a = 1\n[column \"b #\"] # c\n# steps = none\n"),
            "a.ini: line 2: there is nothing in [column b #]; remove it, or give it lines");
}

TEST(ParseIni, RefusesWhatFollowsAQuotedName) {
  EXPECT_EQ(failure("[column \"a\" b]\nc = 1"),
            "a.ini: line 1: expected '[section]', not '[column \"a\" b]'");
  EXPECT_EQ(failure("[column \"a\"\nc = 1"),
            "a.ini: line 1: expected '[section]', not '[column \"a\"'");
  EXPECT_EQ(failure("[column \"a]\nc = 1"), "a.ini: line 1: the closing quote is missing");
}

TEST(ColumnSections, NameTheLineOfAMistake) {
  const auto failure_of = [](const std::string& text) -> std::string {
    try {
      features::check(column_steps(text));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kConfig);
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(failure_of("[train]\nsteps = log1p"), testing::HasSubstr("line 2: [train]"));
  EXPECT_THAT(failure_of("[columns age]\nsteps = log1p"), testing::HasSubstr("[column age]"));
  EXPECT_THAT(failure_of("[column age]\nscale = none"), testing::HasSubstr("'scale'"));
  EXPECT_THAT(failure_of("[column age]\nsteps ="), testing::HasSubstr("empty"));
  EXPECT_THAT(failure_of("[column a]\nsteps = none\n[column a]\nsteps = none"),
              testing::HasSubstr("more than once"));
  EXPECT_THAT(failure_of("[column a]\nweight = 1\nweight = 2"),
              testing::HasSubstr("more than once"));
  EXPECT_THAT(failure_of("[column a]\nweight = -1"), testing::HasSubstr("1e-6 to 1e6"));
  EXPECT_THAT(failure_of("[column a]\nsteps = weight 2\nweight = 2"),
              testing::HasSubstr("\"weight\" cannot follow \"weight\""));
  EXPECT_THAT(failure_of("[column a]\ntake = age"),
              testing::HasSubstr("line 2: [column a]: take age"));
  EXPECT_THAT(failure_of("[ratio r]\nof = a"), testing::HasSubstr("A / B"));
  EXPECT_THAT(failure_of("[ratio r]\nsteps = none"), testing::HasSubstr("A / B"));
  EXPECT_THAT(failure_of("[ratio r]\nof = a / b\nof = a / c"),
              testing::HasSubstr("more than once"));
  const std::string unknown = failure_of("[columns a*]\nsteps = log1p, square");
  EXPECT_THAT(unknown, testing::HasSubstr("a.ini: line 2: [columns a*]"));
  EXPECT_THAT(unknown, testing::HasSubstr("\"square\""));
  EXPECT_THAT(failure_of("[columns category]\nsteps = log1p"), testing::HasSubstr("one-hot"));
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
