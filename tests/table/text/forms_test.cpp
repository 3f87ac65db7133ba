// What stands around the rows of delimited files: see doc/formats.md.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "support/expect_error.hpp"
#include "table/text/ingest_support.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using ::testing::AllOf;
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

// A header with a name for each column, above the first of whose words that it has values stand.
TEST(Titles, AreAnythingAboveAFullHeader) {
  EXPECT_EQ(
      IngestedText("Loyalty,\nprinted,02/03/2024\n,\nid,points\n1,100\n2,250\n", in_small_chunks())
          .types(),
      "id:integer points:integer");
  EXPECT_EQ(IngestedText("Report date:;2024-01-31;;\nShop;Bern;;\nid;name;points;spend\n"
                         "1;a;7;\"2.000,5\"\n2;b;8;3,5\n",
                         in_small_chunks())
                .column("points"),
            (Strings{"7", "8"}));
  EXPECT_EQ(IngestedText("Customers, by region, 2024\nid,points\n1,100\n2,250\n", in_small_chunks())
                .types(),
            "id:integer points:integer");
  EXPECT_EQ(IngestedText("Bericht\nName;Umsatz\nAnna;2.480,90\nBert;EUR 3\n", in_small_chunks())
                .column("Name"),
            (Strings{"Anna", "Bert"}));
  EXPECT_EQ(IngestedText(",2023,,2024,\nid,Q1,Q2,Q1,Q2\n1,2,3,4,5\n2,3,4,5,6\n", in_small_chunks())
                .types(),
            "id:integer Q1:integer Q2:integer Q1_2:integer Q2_2:integer");
}

TEST(Titles, OfASingleColumnStandApart) {
  EXPECT_EQ(IngestedText("Export\n\nvalue\n1\n2\n3\n", in_small_chunks()).types(), "value:integer");
  EXPECT_EQ(IngestedText("value\nx\n1\n2\n3\n", in_small_chunks()).report().rows, 3U);
  EXPECT_EQ(IngestedText("value\n\n1\n2\n3\n", in_small_chunks()).report().rows, 3U);
}

TEST(Titles, AreNotMadeOfRowsWithWordsForValues) {
  const IngestedText t("id,,name,score\na,b,c,3\nd,e,f,4\ng,h,i,unknown\nj,k,l,5\nm,n,o,6\n",
                       in_small_chunks());
  EXPECT_EQ(t.report().rows, 5U);
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

// Words above other words, too, if all columns of values have some.
TEST(SecondHeader, MayNameTextsToo) {
  const IngestedText t("id,name,income\n(no),text,EUR\n1,Bob,\"1.000,50\"\n2,Al,200\n",
                       in_small_chunks());
  EXPECT_EQ(t.column("id"), (Strings{"1", "2"}));
}

TEST(SecondHeader, IsNotMadeOfARow) {
  EXPECT_EQ(IngestedText("id,x\nA1,unknown\nB2,3\nB3,4\n", in_small_chunks()).report().rows, 3U);
  EXPECT_EQ(IngestedText("id,x,y\nA1,a,b\nB2,3,c\nB3,4,d\n", in_small_chunks()).report().rows, 3U);
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

TEST(Names, InWindows1252AreSaid) {
  const IngestedText t(
      "id;Gr\xF6\xDF"
      "e\n1;5\n2;6\n",
      in_small_chunks());
  EXPECT_EQ(t.types(),
            "id:integer Gr\xC3\xB6\xC3\x9F"
            "e:integer");
  EXPECT_THAT(t.report().notes, ElementsAre(HasSubstr("names of the columns are not in UTF-8")));
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

// UTF-8 as UTF-16: of these characters none needs more than two bytes.
std::string as_utf16(const std::string& text, bool big_endian) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool two = byte >= 0xC0;
    const unsigned code =
        two ? (byte & 0x1FU) << 6U | (static_cast<unsigned char>(text[++i]) & 0x3FU) : byte;
    const char high = static_cast<char>(code >> 8U);
    const char low = static_cast<char>(code & 0xFFU);
    result += big_endian ? high : low;
    result += big_endian ? low : high;
  }
  return result;
}

const std::string kTowns =
    "id;town\r\n1;K\xC3\xB6ln\r\n2;\"W\xC3\xBCrz\nburg\"\r\n3;\xD0\x9C\xD0\xB8\xD1\x80\r\n";
const Strings kTownColumn = {"K\xC3\xB6ln", "W\xC3\xBCrz\nburg", "\xD0\x9C\xD0\xB8\xD1\x80"};

IngestOptions encoded_as(const std::string& encoding) {
  IngestOptions options = in_small_chunks();
  options.encoding = encoding;
  return options;
}

TEST(Encodings, Utf16IsFound) {
  for (const bool big_endian : {false, true}) {
    const std::string mark = big_endian ? "\xFE\xFF" : "\xFF\xFE";
    for (const bool marked : {false, true}) {
      const IngestedText t((marked ? mark : "") + as_utf16(kTowns, big_endian), in_small_chunks());
      EXPECT_EQ(t.types(), "id:integer town:text");
      EXPECT_EQ(t.column("town"), kTownColumn);
      EXPECT_TRUE(t.report().by_one_rank);
      EXPECT_THAT(t.report().notes,
                  ElementsAre(AllOf(
                      HasSubstr(big_endian ? "read as UTF-16BE, " : "read as UTF-16LE, "),
                      HasSubstr(marked ? "as its byte order mark says" : "every other byte"))));
    }
  }
}

TEST(Encodings, LongTextsAreDealtOut) {
  std::string text = "id,town\n";
  for (int i = 0; i < 150'000; ++i) {
    text += fmt::format("{},\xC3\xBC{}\n", i, i % 7);
  }
  IngestOptions options;
  const std::string utf16 = "\xFF\xFE" + as_utf16(text, false);
  const IngestedText t(utf16, options);
  EXPECT_EQ(t.report().rows, 150'000U);
  EXPECT_EQ(t.column("town")[149'999], fmt::format("\xC3\xBC{}", 149'999 % 7));
  EXPECT_EQ(t.report().columns[0].summary.maximum, 149'999);
  options.kept_bytes = 64;  // so that it is decoded twice
  EXPECT_EQ(IngestedText(utf16, options).column("town"), t.column("town"));
}

TEST(Encodings, AreStated) {
  EXPECT_EQ(IngestedText("a,b\n1,x\xC3\xB6\n", encoded_as("windows-1252")).column("b")[0],
            "x\xC3\x83\xC2\xB6");
  EXPECT_EQ(IngestedText("a,b\n1,x\xD6\n", encoded_as("KOI8-R")).column("b")[0], "x\xD0\xB6");
  EXPECT_EQ(IngestedText("a,b\n1,x\xE4\n", encoded_as("latin1")).column("b")[0], "x\xC3\xA4");
  const IngestedText japanese("a,b\n1,\x1B$B8l\x1B(B\n", encoded_as("ISO-2022-JP"));
  EXPECT_EQ(japanese.column("b")[0], "\xE8\xAA\x9E");
  EXPECT_THAT(japanese.report().notes,
              ElementsAre(HasSubstr("read as ISO-2022-JP, as stated; one rank decodes it")));
  EXPECT_EQ(IngestedText("\xEF\xBB\xBFsep=;\na;b\n1;\xC3\xB6\n", encoded_as("utf-8")).types(),
            "a:integer b:text");
}

TEST(Encodings, AreKnownNames) {
  for (const char* wrong : {"", "klingon", "latin1//IGNORE"}) {
    expect_error(ExitCode::kUsage, "iconv -l", [&] { check(encoded_as(wrong)); });
  }
}

TEST(Encodings, AreThoseOfAllBytes) {
  expect_refused("a,b\n1,\xC3\xB6\n2,x\xC3y\n",
                 "line 3, byte 13: C3 79 0A is not a character in utf-8", encoded_as("utf-8"));
  expect_refused("a,b\n1,\x81\n", "line 2, byte 7: 81 0A is not a character in windows-1252",
                 encoded_as("windows-1252"));
  expect_refused("\xFF\xFE" + as_utf16("a,b\n1,2\n", false) + "3",
                 "line 3, byte 19: 33 at the end is not a whole character in UTF-16LE");
}

TEST(LineEnds, MayBeCarriageReturnsAlone) {
  const IngestedText t("id,a\r1,2\r\r2,\"x\ry\"\r3,4", in_small_chunks());
  EXPECT_EQ(t.types(), "id:integer a:text");
  EXPECT_EQ(t.column("a"), (Strings{"2", "x\ny", "4"}));
  EXPECT_THAT(t.report().notes, ElementsAre(HasSubstr("CR alone")));
  expect_refused("id,a\r1,2\r1\r", "line 3: found 1 field");
  EXPECT_EQ(IngestedText(as_utf16("id,a\r1,2\r3,4\r", true), in_small_chunks()).column("a"),
            (Strings{"2", "4"}));
}

IngestOptions with_comment(const std::string& mark) {
  IngestOptions options = in_small_chunks();
  options.comment = mark;
  return options;
}

TEST(Comments, AreFoundAboveTheHeader) {
  const IngestedText t("# exported by till 7\n\n#, 2024\nid,a,b\n1,2,3\n2,3,4\n",
                       in_small_chunks());
  EXPECT_EQ(t.types(), "id:integer a:integer b:integer");
  EXPECT_THAT(t.report().notes,
              ElementsAre(HasSubstr("lines that begin with # were taken for comments")));
  EXPECT_EQ(IngestedText("# x\nid\n1\n2\n", in_small_chunks()).types(), "id:integer");
  // as many fields as the rows have, but the header comes behind
  EXPECT_EQ(IngestedText("# till 7, 2024\nid,a\n1,2\n2,3\n", in_small_chunks()).types(),
            "id:integer a:integer");
}

TEST(Comments, AreFoundBelowThoseAboveTheHeader) {
  const IngestedText t("# top\nid,a\n1,2\n# it, \"is\n2,3\n# end", in_small_chunks());
  EXPECT_EQ(t.report().rows, 2U);
  EXPECT_THAT(t.report().notes,
              ElementsAre(HasSubstr("lines that begin with #"),
                          HasSubstr("2 lines passed over as comments, the first in line 4")));
  const IngestedText above("# top\nid,a\n#1,2\n#2,3\n", in_small_chunks());
  EXPECT_EQ(above.report().rows, 2U);
  EXPECT_THAT(above.report().notes, ElementsAre(HasSubstr("the lines above line 2, which begin")));
  expect_refused("id,a\n1,2\n# end\n", "if it is a comment, state that # begins such lines");
}

TEST(Comments, AreNotTheHeader) {
  EXPECT_EQ(IngestedText("# export\n#id,a\n1,2\n2,3\n", in_small_chunks()).report().rows, 2U);
  EXPECT_EQ(IngestedText("#id,a\n1,2\n2,3\n", in_small_chunks()).types(), "#id:integer a:integer");
  EXPECT_EQ(IngestedText("#1\n#2\n", in_small_chunks()).report().rows, 1U);
  EXPECT_EQ(IngestedText("#x,y\nid,a\n1,2\n", with_comment("none")).report().rows, 2U);
}

TEST(Comments, AreStatedForAllLines) {
  const IngestedText t("%\"x\nid,a\n1,2\n% no, \"row\n2,\"3\n%4\"\n%\n", with_comment("%"));
  EXPECT_EQ(t.types(), "id:integer a:text");
  EXPECT_EQ(t.column("a"), (Strings{"2", "3\n%4"}));
  EXPECT_THAT(t.report().notes,
              ElementsAre(HasSubstr("2 lines passed over as comments, the first in line 4")));
  expect_refused("id,a\n%\n1,2\n1\n", "line 4: found 1 field", with_comment("%"));
}

TEST(Escapes, AreFound) {
  const IngestedText t("id,note,n\n1,\"said \\\"hi, you\\\"\",5\n2,\"a \"\"b\"\" \\\\ c\",6\n",
                       in_small_chunks());
  EXPECT_EQ(t.column("note"), (Strings{"said \"hi, you\"", "a \"b\" \\ c"}));
  EXPECT_THAT(t.report().notes, ElementsAre(HasSubstr("a backslash before a quote was taken")));
}

TEST(Escapes, AreNotWhatQuotesEndWith) {
  const IngestedText t("id,folder\n1,\"C:\\\"\n2,\"D:\\\"\n", in_small_chunks());
  EXPECT_EQ(t.column("folder"), (Strings{"C:\\", "D:\\"}));
  EXPECT_THAT(t.report().notes, IsEmpty());
}

TEST(Escapes, AreStated) {
  IngestOptions options = in_small_chunks();
  options.escape = "^";
  EXPECT_EQ(IngestedText("a,b\n1,\"^\"x^^ ^y\\\"\n", options).column("b")[0], "\"x^ ^y\\");
  options.escape = "none";
  expect_refused("a,b\n1,\"\\\"x\\\"\"\n",
                 "text follows the closing quote; if a backslash escapes quotes, state it",
                 options);
  options.escape = "\\";
  expect_refused("a,b\n1,2\n1,\"\\\"x\n1\n", "line 3: a quote opened here is never closed",
                 options);
}

TEST(Marks, AreCharactersThatMeanNothingElse) {
  for (const char* wrong : {"", "ab", "\"", " ", "\t", ","}) {
    IngestOptions options = with_comment(wrong);
    options.delimiter = ",";
    expect_error(ExitCode::kUsage, "comment ", [&] { check(options); });
    options.comment = "auto";
    options.escape = wrong;
    expect_error(ExitCode::kUsage, "escape ", [&] { check(options); });
  }
  IngestOptions options = with_comment("^");
  options.escape = "^";
  expect_error(ExitCode::kUsage, "it is the escape, too", [&] { check(options); });
}

TEST(ShortRows, AreFilledUp) {
  IngestOptions options = in_small_chunks();
  options.on_error = OnError::kFill;
  const IngestedText t("# exported by till 7\nid,a,b\n1,2\n2,3,4\n3\n", options);
  EXPECT_EQ(t.report().rows, 3U);
  EXPECT_EQ(t.column("a"), (Strings{"2", "3", ""}));
  EXPECT_EQ(t.column("b"), (Strings{"", "4", ""}));
  EXPECT_THAT(t.report().notes,
              ElementsAre(HasSubstr("begin with #"),
                          HasSubstr("2 short rows filled up with missing cells, the first in line "
                                    "3")));
  expect_refused("id,a\n1\n1,2,3\n", "line 3: found 3 fields, expected 2", options);
  expect_refused("id,a\n1\n1,\"a\"b\n", "text follows the closing quote", options);
  expect_refused("id,a\n1,2\n1\n", "line 3: found 1 field, expected 2");
}

TEST(Totals, AreWarnedOf) {
  const IngestedText t("id,spend\n1,10\n2,20\nTotal,30\n\n", in_small_chunks());
  EXPECT_EQ(t.report().rows, 3U);
  EXPECT_THAT(t.report().notes,
              ElementsAre(HasSubstr("the last row, in line 4, looks like a row of "
                                    "totals")));
  for (const char* word : {"SUMME:", ",Gesamt", "\"grand total\""}) {
    const std::string text = fmt::format("id,a,b\n1,2,3\n4,5,6\n{},7,8", word);
    EXPECT_THAT(
        IngestedText(word[0] == ',' ? text.substr(0, text.size() - 2) : text, in_small_chunks())
            .report()
            .notes,
        ElementsAre(HasSubstr("the last row, in line 4")));
  }
  EXPECT_THAT(IngestedText("id,x\nTotal,10\n2,20\nTotally,5\n", in_small_chunks()).report().notes,
              IsEmpty());
}

TEST(Totals, AreLeftOut) {
  IngestOptions options = in_small_chunks();
  options.drop_totals = true;
  const IngestedText t("id,spend\n1,10\nSubtotal,10\n2,20\nTotal,30\n", options);
  EXPECT_EQ(t.types(), "id:integer spend:integer");
  EXPECT_EQ(t.report().rows, 2U);
  EXPECT_EQ(t.report().rejected, 0U);
  EXPECT_THAT(t.report().notes,
              ElementsAre(HasSubstr("2 rows of totals left out, the first in line 3")));
}

TEST(Blanks, AreFoundToDivide) {
  const IngestedText t(" 00001 19970101  1   11.77\r\n 00002 19970112 \t1   12.00\r\n\r\n",
                       in_small_chunks());
  EXPECT_EQ(t.types(), "column_1:text column_2:integer column_3:integer column_4:real");
  EXPECT_EQ(t.report().rows, 2U);
  EXPECT_EQ(t.report().delimiter, ' ');
  const IngestedText r("\"a\" \"b c\"\n\"1\" 5 \"x y\"\n\"2\" 6 \"z\"\n", in_small_chunks());
  EXPECT_EQ(r.types(), "column_1:integer a:integer b c:text");
  EXPECT_EQ(r.column("b c"), (Strings{"x y", "z"}));
}

TEST(Blanks, AreNotMadeOfWords) {
  EXPECT_EQ(IngestedText("full name\nAnn Lee\nBo Li\n", in_small_chunks()).types(),
            "full name:text");
  EXPECT_EQ(IngestedText("seen\n2024-01-05 13:00\n2024-01-06 14:00\n", in_small_chunks())
                .table()
                .columns()
                .size(),
            1U);
}

TEST(Blanks, AreStated) {
  IngestOptions options = in_small_chunks();
  options.delimiter = "whitespace";
  options.names = {"first", "last"};
  EXPECT_EQ(IngestedText("Ann   Lee\n\tBo Li  \n", options).column("last"), (Strings{"Lee", "Li"}));
  expect_refused("Ann Lee\nBo\n", "line 2: found 1 field, expected 2 (delimiter whitespace)",
                 options);
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
