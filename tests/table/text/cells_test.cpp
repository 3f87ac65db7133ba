// How the cells of delimited files may be written, but for dates: see doc/formats.md.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "support/expect_error.hpp"
#include "table/text/ingest_support.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

IngestOptions with_decimal(DecimalMark decimal) {
  IngestOptions options;
  options.chunk_bytes = 7;
  options.decimal = decimal;
  return options;
}

TEST(DecimalCommas, AreFoundByTheWholeColumn) {
  const IngestedText t("a;b;c\n1.234,50;75;x\n-2;11.003;y\n0,5;12,25;z\n", with_decimal({}));
  EXPECT_EQ(t.types(), "a:real b:real c:text");
  EXPECT_THAT(t.column("a"), ElementsAre("1234.5", "-2", "0.5"));
  EXPECT_THAT(t.column("b"), ElementsAre("75", "11003", "12.25"));
  EXPECT_THAT(t.report().notes, ElementsAre("columns 'a', 'b': numbers with a decimal comma, such "
                                            "as '1.234,50' in line 2"));
  EXPECT_EQ(t.report().columns[1].written, "decimal comma");
}

TEST(DecimalCommas, AreFoundHoweverLateTheyCome) {
  std::string text = "a;b\n";
  for (int row = 0; row < 3000; ++row) {
    text += std::to_string(100 + row % 900) + '.' + std::to_string(100 + row / 5) + ";1.5\n";
  }
  const IngestedText point(text + "7.5;1.5\n");
  EXPECT_EQ(point.column("a").front(), "100.1");
  EXPECT_THAT(point.report().notes, IsEmpty());
  const IngestedText comma(text + "7,5;1.5\n");
  EXPECT_EQ(comma.types(), "a:real b:real");
  EXPECT_EQ(comma.column("a").front(), "100100");
  EXPECT_EQ(comma.column("a").back(), "7.5");
  const IngestedText neither(text + "7,5;1.5\n7.5;1\n");
  EXPECT_EQ(neither.types(), "a:text b:real");
  EXPECT_THAT(neither.report().notes, ElementsAre(HasSubstr("written in different ways")));
}

TEST(Thousands, AreGroupedByCommasBlanksAndApostrophes) {
  const IngestedText t(
      "a;b;c;d;e\n1,234.50;1 234,5;1\xC2\xA0"
      "234;1'234.5;1,234,567\n"
      "2;2;1234567;2;2,000\n3.5;12\xE2\x80\xAF"
      "345,0;5;3;7\n");
  EXPECT_EQ(t.types(), "a:real b:real c:integer d:real e:integer");
  EXPECT_THAT(t.column("a"), ElementsAre("1234.5", "2", "3.5"));
  EXPECT_THAT(t.column("b"), ElementsAre("1234.5", "2", "12345"));
  EXPECT_THAT(t.column("c"), ElementsAre("1234", "1234567", "5"));
  EXPECT_THAT(t.column("d"), ElementsAre("1234.5", "2", "3"));
  EXPECT_THAT(t.column("e"), ElementsAre("1234567", "2000", "7"));
}

TEST(Thousands, ThatMayBeFractionsAreGuessedAndSaid) {
  const IngestedText grouped("a;b\n1,234;x\n2,500;y\n");
  EXPECT_THAT(grouped.column("a"), ElementsAre("1234", "2500"));
  EXPECT_THAT(grouped.report().notes, ElementsAre(HasSubstr("'1,234' in line 2")));
  const IngestedText point("a;b\n1.234;x\n2.500;y\n");
  EXPECT_THAT(point.column("a"), ElementsAre("1.234", "2.5"));
  EXPECT_THAT(point.report().notes, ElementsAre(HasSubstr("unless it groups thousands")));
  const IngestedText said("a;b\n1.234;x\n2.500;y\n", with_decimal(DecimalMark::kComma));
  EXPECT_THAT(said.column("a"), ElementsAre("1234", "2500"));
  const IngestedText commas("a;b\n1,234;x\n2,500;y\n", with_decimal(DecimalMark::kComma));
  EXPECT_THAT(commas.column("a"), ElementsAre("1.234", "2.5"));
  EXPECT_EQ(IngestedText("a;b\n1,5;x\n2,5;y\n", with_decimal(DecimalMark::kPoint)).types(),
            "a:text b:text");
}

TEST(Thousands, AreGroupsOfThree) {
  for (const char* cell : {"12,34", "1,2345.5", "1234,567.5", "0,123.5", "1,234,56", ",123.4",
                           "1 23", "007,5", "1.2.3", "10.0.0.1", "1,,2", "5,"}) {
    const IngestedText t(std::string("a;b\n1.25;x\n") + cell + ";y\n1.5;z\n");
    EXPECT_EQ(t.types(), "a:text b:text") << cell;
  }
}

TEST(Units, AreLeftOffAndTold) {
  const IngestedText t(
      "a,b,c,d\n\"$2,400.10\",12.5%,5 EUR,(3.00)\n$15,7 %,EUR 7.5,4-\n-$1,100%,8,\xE2\x88\x92"
      "2\n");
  EXPECT_EQ(t.types(), "a:real b:real c:real d:real");
  EXPECT_THAT(t.column("a"), ElementsAre("2400.1", "15", "-1"));
  EXPECT_THAT(t.column("b"), ElementsAre("12.5", "7", "100"));
  EXPECT_THAT(t.column("c"), ElementsAre("5", "7.5", "8"));
  EXPECT_THAT(t.column("d"), ElementsAre("-3", "-4", "-2"));
  EXPECT_EQ(t.report().columns[0].unit, "$");
  EXPECT_EQ(t.report().columns[1].unit, "%");
  EXPECT_EQ(t.report().columns[2].unit, "EUR");
  EXPECT_EQ(t.report().columns[3].unit, "");
}

TEST(Units, ThatDifferAreWarnedOf) {
  const IngestedText t("a,b\n$15,x\n\"\xE2\x82\xAC 1,000.00\",y\n");
  EXPECT_THAT(t.column("a"), ElementsAre("15", "1000"));
  EXPECT_THAT(t.report().notes,
              ::testing::Contains(HasSubstr("different units ($, \xE2\x82\xAC)")));
}

TEST(Units, DoNotMakeNumbersOfTexts) {
  for (const char* cell : {"ABC 12", "$", "12 %%", "$5 EUR", "--5", "(-5)", "A4", "5 km", "%5"}) {
    EXPECT_EQ(IngestedText(std::string("a,b\n1,x\n") + cell + ",y\n2,z\n").types(), "a:text b:text")
        << cell;
  }
}

TEST(Marks, AreMissingAmongNumbers) {
  const IngestedText t("id,a,b,c\n1,-,3,-\n2,#N/A,4,x\n3,\\N,#DIV/0!,x\n4,7,n/a,-\n5,.,8,y\n");
  EXPECT_EQ(t.types(), "id:integer a:integer b:integer c:category");
  EXPECT_THAT(t.column("a"), ElementsAre("", "", "", "7", ""));
  EXPECT_THAT(t.column("b"), ElementsAre("3", "4", "", "", "8"));
  EXPECT_THAT(t.column("c"), ElementsAre("-", "x", "x", "-", "y"));
  EXPECT_EQ(t.report().columns[1].summary.missing, 4U);
  EXPECT_EQ(t.report().columns[1].summary.distinct, 1U);
  EXPECT_THAT(t.report().notes, ElementsAre("columns 'a', 'b': cells that stand for a missing "
                                            "value, such as '-' in line 2"));
}

TEST(Marks, OfExcelRAndDatabasesAreMissingAmongWordsToo) {
  const IngestedText t("id,a\n1,x\n2,\\N\n3,<NA>\n4,#N/A\n5,n/a\n6,x\n7,-\n8,-\n");
  EXPECT_EQ(t.types(), "id:integer a:category");
  EXPECT_THAT(t.column("a"), ElementsAre("x", "", "", "", "", "x", "-", "-"));
}

TEST(Marks, AreMissingAmongManyNumbersToo) {
  std::string text = "a\n";
  for (int row = 0; row < 4000; ++row) {
    text += (row % 7 == 3 ? "-" : std::to_string(row)) + "\n";
  }
  const IngestedText t(text);
  EXPECT_EQ(t.types(), "a:integer");
  EXPECT_EQ(t.report().columns[0].summary.missing, 571U);
  EXPECT_EQ(t.column("a")[3], "");
  const IngestedText text_after_all(text + "word\n");
  EXPECT_EQ(text_after_all.types(), "a:text");
  EXPECT_EQ(text_after_all.column("a")[3], "-");
}

TEST(StatedNumbers, MayBeWrittenAsPeopleDo) {
  IngestOptions options = with_decimal({});
  options.types = {"a=real"};
  EXPECT_THAT(IngestedText("a;b\n$1,200;x\n007;y\n-;z\n", options).column("a"),
              ElementsAre("1200", "7", ""));
  expect_error(ExitCode::kBadData, "'1,5' is not a number, unless its comma is a decimal one",
               [&] { const IngestedText t("a;b\n1.5;x\n1,5;y\n", options); });
  options.decimal = DecimalMark::kComma;
  EXPECT_THAT(IngestedText("a;b\n1.200,5;x\n1,5;y\n", options).column("a"),
              ElementsAre("1200.5", "1.5"));
}

TEST(YesAndNo, AreLevels) {
  EXPECT_EQ(IngestedText("a,b\nTRUE,yes\nFALSE,no\nTRUE,no\n").types(), "a:category b:category");
}

}  // namespace
}  // namespace tessera::table
