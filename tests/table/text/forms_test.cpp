// What stands around the rows of delimited files: see doc/formats.md.
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

using Strings = std::vector<std::string>;

// Chunks so small that a record hardly fits into one.
IngestOptions in_small_chunks() {
  IngestOptions options;
  options.chunk_bytes = 5;
  return options;
}

IngestOptions skipping_lines(const std::string& lines) {
  IngestOptions options = in_small_chunks();
  options.skip_lines = lines;
  return options;
}

void expect_refused(const std::string& text, const std::string& part,
                    IngestOptions options = in_small_chunks()) {
  expect_error(ExitCode::kBadData, part, [&] { const IngestedText ingested(text, options); });
}

TEST(SepLine, StatesTheDelimiter) {
  for (const char* line : {"sep=;\r\n", "sep=;\n", "\xEF\xBB\xBFsep=;\n", "\"sep=;\"\n"}) {
    const IngestedText t(line + std::string("a;b,c\n1;x,y\n2;x,y\n3;z\n"), in_small_chunks());
    EXPECT_EQ(t.types(), "a:integer b,c:category");
    EXPECT_EQ(t.report().delimiter, ';');
    EXPECT_THAT(t.report().notes, ElementsAre(HasSubstr("line 1 was not read as a row: it states "
                                                        "the delimiter ';'")));
  }
  EXPECT_EQ(IngestedText("sep=\t\na\tb,c\n1\t2\n", in_small_chunks()).types(),
            "a:integer b,c:integer");
}

TEST(SepLine, YieldsToWhatIsStated) {
  IngestOptions options = in_small_chunks();
  options.delimiter = ",";
  EXPECT_EQ(IngestedText("sep=;\na;b,c\n1,2\n", options).types(), "a;b:integer c:integer");
  EXPECT_EQ(IngestedText("sep=;\na;b\n1;2\n", skipping_lines("1")).types(), "a:integer b:integer");
}

TEST(SepLine, CountsAsALine) {
  expect_refused("sep=;\na;b\n1;2\n1;2;3\n", "line 4: found 3 fields");
}

TEST(Titles, AreFoundAboveAHeader) {
  const IngestedText t("Loyalty export\nprinted 02/03/2024\n\nid,points\n1,100\n2,250\n",
                       in_small_chunks());
  EXPECT_EQ(t.types(), "id:integer points:integer");
  EXPECT_EQ(t.report().rows, 2U);
  EXPECT_THAT(t.report().notes,
              ElementsAre(HasSubstr("lines 1 to 3 were skipped as titles above the header "
                                    "('Loyalty export')")));
}

TEST(Titles, MayBeFilledUpWithDelimiters) {
  const IngestedText t("Sales;;\n;;\nname;city;country\na;b;c\nd;e;f\n", in_small_chunks());
  EXPECT_EQ(t.types(), "name:text city:text country:text");
  EXPECT_THAT(t.report().notes,
              ElementsAre(HasSubstr("lines 1 to 2 were skipped as titles above the header")));
}

TEST(Titles, MayHoldTheDelimiter) {
  const IngestedText t("Sales, all shops\nid;spend;age\n1;2,5;3\n2;3,5;4\n", in_small_chunks());
  EXPECT_EQ(t.report().delimiter, ';');
  EXPECT_EQ(t.report().rows, 2U);
  EXPECT_EQ(t.column("age"), (Strings{"3", "4"}));
  EXPECT_EQ(IngestedText("Sales, Q1\nid,spend,age\n1,2,3\n2,3,4\n", in_small_chunks()).types(),
            "id:integer spend:integer age:integer");
}

TEST(Titles, AreStated) {
  const std::string text = "x,y\nname,city\na,b\nc,d\n";
  EXPECT_EQ(IngestedText(text, in_small_chunks()).report().rows, 3U);
  const IngestedText t(text, skipping_lines("1"));
  EXPECT_EQ(t.types(), "name:text city:text");
  EXPECT_THAT(t.report().notes, IsEmpty());
  // of titles too, whatever they hold, and lines count on
  expect_refused("\"Sales\nid,points\n1,2\n3\n", "line 4: found 1 field", skipping_lines("1"));
  expect_refused("Sales\nid,points\n1,2\n", "line 2: found 2 fields", skipping_lines("0"));
  expect_refused("a,b\n1,2\n", "blank lines behind line 2", skipping_lines("7"));
  IngestOptions none = in_small_chunks();
  none.header = Header::kYes;
  expect_refused("Sales\nid,points\n1,2\n", "line 2: found 2 fields", none);
}

TEST(Titles, AreNotMadeOfRowsThatAreWrong) {
  expect_refused("a,b,c\n1,2\n1,3\n1,4\n", "line 2: found 2 fields, expected 3");
  expect_refused("id,x\n1,2,3\n", "line 2: found 3 fields, expected 2");
  expect_refused("a,b\nx,y,z\np,q,r\n", "line 2: found 3 fields, expected 2");
  EXPECT_EQ(IngestedText("name\nx\ny\n", in_small_chunks()).report().rows, 2U);
}

TEST(SecondHeader, IsPassedOver) {
  const IngestedText t("id,X1,X2\n,AGE,SPEND\n1,30,100\n2,41,50\n", in_small_chunks());
  EXPECT_EQ(t.types(), "id:integer X1:integer X2:integer");
  EXPECT_EQ(t.report().rows, 2U);
  EXPECT_THAT(t.report().notes, ElementsAre(HasSubstr("line 2 was not read as a row: the header "
                                                      "has 2 lines ('AGE')")));
  EXPECT_EQ(IngestedText("Sales\nname,a,b\n,kg,EUR\nx,1,2\ny,,3\n", in_small_chunks()).types(),
            "name:text a:integer b:integer");
}

TEST(SecondHeader, IsNotMadeOfARow) {
  EXPECT_EQ(IngestedText("id,x\nA1,unknown\nB2,3\nB3,4\n", in_small_chunks()).report().rows, 3U);
  EXPECT_EQ(IngestedText("x,y\nNA,\n3,2\n4,2\n", in_small_chunks()).report().rows, 3U);
  EXPECT_EQ(IngestedText("x,y\n,kg\n3,2\n4,word\n", in_small_chunks()).report().rows, 3U);
}

TEST(SecondHeader, IsStated) {
  IngestOptions options = in_small_chunks();
  options.header_lines = "1";
  EXPECT_EQ(IngestedText("id,X1\n,AGE\n1,30\n2,41\n", options).report().rows, 3U);
  options.header_lines = "3";
  const IngestedText t("id,name\nint,text\n(1),(2)\n1,x\n", options);
  EXPECT_EQ(t.types(), "id:integer name:text");
  EXPECT_EQ(t.report().rows, 1U);
  EXPECT_THAT(t.report().notes, ElementsAre(HasSubstr("lines 2 to 3 were not read")));
}

TEST(Names, OfAnIndexColumnMayBeMissing) {
  const IngestedText pandas(",a,b\n0,x,5\n1,y,6\n", in_small_chunks());
  EXPECT_EQ(pandas.types(), "column_1:integer a:text b:integer");
  EXPECT_THAT(pandas.report().notes, ElementsAre(HasSubstr("column 1 has no name")));
  const IngestedText r("\"a\",\"b\"\n\"1\",\"x\",5\n\"2\",\"y\",6\n", in_small_chunks());
  EXPECT_EQ(r.types(), "column_1:integer a:text b:integer");
  EXPECT_THAT(r.report().notes, ElementsAre(HasSubstr("one field more than the header, the first"),
                                            HasSubstr("column 1 has no name")));
}

TEST(Names, OfAnEmptyLastColumnMayBeMissing) {
  const IngestedText t("a,b\n1,x,\n2,y,\n", in_small_chunks());
  EXPECT_EQ(t.types(), "a:integer b:text");
  EXPECT_THAT(t.report().notes, ElementsAre(HasSubstr("the last one, which is empty"),
                                            HasSubstr("neither a name nor a value")));
}

TEST(Names, AreStated) {
  IngestOptions options = in_small_chunks();
  options.names = {"id", "spend"};
  EXPECT_EQ(IngestedText("x,5\ny,6\n", options).types(), "id:text spend:integer");
  options.header = Header::kYes;
  EXPECT_EQ(IngestedText("a,b\ny,6\n", options).types(), "id:text spend:integer");
  options.header = Header::kAuto;
  expect_refused("1,2,3\n", "names for 2 columns are stated, but line 1 has 3 fields", options);
  options.names = {"id", "id"};
  expect_error(ExitCode::kUsage, "'id' stands there twice", [&] { check(options); });
}

TEST(LinesAbove, AreNumbersOrAuto) {
  for (const char* wrong : {"-1", "x", "1.5", ""}) {
    IngestOptions options;
    options.skip_lines = wrong;
    expect_error(ExitCode::kUsage, "expected auto", [&] { check(options); });
    options = {};
    options.header_lines = wrong;
    expect_error(ExitCode::kUsage, "expected auto", [&] { check(options); });
  }
  IngestOptions options;
  options.header_lines = "2";
  options.header = Header::kNo;
  expect_error(ExitCode::kUsage, "there is no header", [&] { check(options); });
}

}  // namespace
}  // namespace tessera::table
