#include "tessera/table/text/ingest.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "support/expect_error.hpp"
#include "table/records/reading.hpp"
#include "table/text/ingest_support.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::world;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Strings = std::vector<std::string>;

IngestOptions skipping() {
  IngestOptions options;
  options.on_error = OnError::kSkip;
  return options;
}

IngestOptions with_header(Header header) {
  IngestOptions options;
  options.header = header;
  return options;
}

IngestOptions with_type(const std::string& column, ColumnType type) {
  IngestOptions options;
  options.types.push_back(column + "=" + to_string(type));
  return options;
}

void expect_refused(const std::string& text, const std::string& part, IngestOptions options = {}) {
  expect_error(ExitCode::kBadData, part, [&] { const IngestedText ingested(text, options); });
}

std::string repeated(const std::string& row, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) {
    text += row;
  }
  return text;
}

TEST(Ingest, ReadsAPlainFile) {
  const IngestedText t("id,age,income,city\n1,34,1234.5,Bern\n2,,99,Basel\n3,51,-7,Bern\n");
  EXPECT_EQ(t.types(), "id:integer age:integer income:real city:category");
  EXPECT_EQ(t.report().rows, 3U);
  EXPECT_EQ(t.report().delimiter, ',');
  EXPECT_TRUE(t.report().header);
  EXPECT_EQ(t.column("age"), (Strings{"34", "", "51"}));
  EXPECT_EQ(t.column("income"), (Strings{"1234.5", "99", "-7"}));
  EXPECT_EQ(t.column("city"), (Strings{"Bern", "Basel", "Bern"}));
  const ColumnSummary& income = t.report().columns[2].summary;
  EXPECT_EQ(income.minimum, -7);
  EXPECT_EQ(income.maximum, 1234.5);
  EXPECT_EQ(income.distinct, 3U);
  EXPECT_EQ(t.report().columns[1].summary.missing, 1U);
  EXPECT_THAT(t.report().notes, IsEmpty());
}

TEST(Ingest, UnderstandsQuotes) {
  const IngestedText t(
      "name,note\n\"Smith, J\",\"said \"\"hi\"\"\"\n\"two\nlines\",\"\"\n 5\" nail , \"x\" \n");
  EXPECT_EQ(t.column(0), (Strings{"Smith, J", "two\nlines", "5\" nail"}));
  EXPECT_EQ(t.column(1), (Strings{"said \"hi\"", "", "x"}));
}

TEST(Ingest, TakesBomBlankLinesAndMixedLineEnds) {
  const IngestedText t("\xEF\xBB\xBF\r\n  \n\"a\";b\r\n\n1;x\n2;y\r\n\r\n3;x");
  EXPECT_EQ(t.types(), "a:integer b:category");
  EXPECT_EQ(t.column(0), (Strings{"1", "2", "3"}));
}

TEST(Ingest, DetectsTheDelimiter) {
  EXPECT_EQ(IngestedText("a\tb\n1,5\t2\n").report().delimiter, '\t');
  EXPECT_EQ(IngestedText("a;b\n1,5;2,5\n1,6;2,7\n").report().delimiter, ';');
  EXPECT_EQ(IngestedText("a|b|c\nx,y|2|3\n").report().delimiter, '|');
  EXPECT_EQ(IngestedText("\"a;b\",c\n\"d;e\",f\n").report().delimiter, ',');
  IngestOptions options;
  options.delimiter = "^";
  EXPECT_EQ(IngestedText("a^b\n1^2\n", options).types(), "a:integer b:integer");
  const IngestedText single("a\n1\n2\n");
  EXPECT_THAT(single.report().notes, ElementsAre(HasSubstr("state the delimiter")));
}

TEST(Ingest, TellsAHeaderFromData) {
  EXPECT_TRUE(IngestedText("a,b\n1,2\n").report().header);
  EXPECT_TRUE(IngestedText("city,country\nBern,CH\n").report().header);
  const IngestedText none("1,x\n2,y\n");
  EXPECT_FALSE(none.report().header);
  EXPECT_EQ(none.types(), "column_1:integer column_2:text");
  EXPECT_EQ(none.report().rows, 2U);
  EXPECT_EQ(IngestedText("city\nBern\n", with_header(Header::kNo)).report().rows, 2U);
  EXPECT_EQ(IngestedText("1,2\n3,4\n", with_header(Header::kYes)).types(), "1:integer 2:integer");
}

TEST(Ingest, NamesColumns) {
  const IngestedText t("a,,a,,b\n1,,2,x,3\n4,,5,x,6\n");
  EXPECT_EQ(t.types(), "a:integer a_2:integer column_4:category b:integer");
  EXPECT_THAT(t.report().notes,
              ElementsAre(HasSubstr("renamed 'a_2'"), HasSubstr("column 2 has neither"),
                          HasSubstr("column 4 has no name")));
}

TEST(Ingest, InfersTypes) {
  EXPECT_EQ(IngestedText("x,y\n1,0\n-0,1\n9223372036854775807,1\n").types(), "x:integer y:integer");
  EXPECT_EQ(IngestedText("x,y\n1e3,0\n.5,1\n9223372036854775808,1\n").types(), "x:real y:integer");
  // more digits than 64 bits hold: an identifier
  EXPECT_EQ(IngestedText("x\n92233720368547758080\n1\n").types(), "x:text");
  EXPECT_EQ(IngestedText("x\n007\n8\n9\n").types(), "x:text");
  EXPECT_EQ(IngestedText("x\n+41791234567\n8\n9\n").types(), "x:text");
  EXPECT_EQ(IngestedText("x\nNA\n\nnull,\n", skipping()).types(), "x:real");
  EXPECT_EQ(IngestedText("x\n0x10\n1_000\n1,5\n", skipping()).types(), "x:text");
}

TEST(Ingest, ReadsNumbersExactly) {
  const IngestedText t("x,y\n9007199254740993,0.1\n-9223372036854775807,1e-400\n1,2.5e300\n");
  EXPECT_EQ(t.column(0), (Strings{"9007199254740993", "-9223372036854775807", "1"}));
  EXPECT_EQ(t.column(1), (Strings{"0.1", "0", "2.5e+300"}));
}

TEST(Ingest, SeparatesCategoriesFromText) {
  std::string text = "few,many,unique\n";
  for (int i = 0; i < 100; ++i) {
    text += fmt::format("f{},m{},u{}\n", i % 20, i % 51, i);
  }
  EXPECT_EQ(IngestedText(text).types(), "few:category many:text unique:text");
  std::string limit = "fits,exceeds\n";
  for (int i = 0; i < 2002; ++i) {
    limit += fmt::format("f{},e{}\n", i % 1000, i % 1001);
  }
  const IngestedText t(limit);
  EXPECT_EQ(t.types(), "fits:category exceeds:text");
  EXPECT_EQ(t.report().columns[0].summary.distinct, 1000U);
  EXPECT_EQ(t.report().columns[1].summary.distinct, kMaxLevels + 1);
}

TEST(Ingest, CountsDistinctNumbersNotSpellings) {
  std::string text = "x\n";
  for (int i = 0; i < 1500; ++i) {
    text += fmt::format("{}{}\n", i % 750, i < 750 ? "" : ".0");
  }
  const IngestedText t(text);
  EXPECT_EQ(t.types(), "x:real");
  EXPECT_EQ(t.report().columns[0].summary.distinct, 750U);
}

TEST(Ingest, KnowsMissingMarkers) {
  const IngestedText defaults("x,y\nNA,1\n N/A ,2\nNaN,3\n\"\",?\n5,None\n");
  EXPECT_EQ(defaults.types(), "x:integer y:integer");
  EXPECT_EQ(defaults.report().columns[0].summary.missing, 4U);
  IngestOptions options;
  options.missing = {"-", "unknown"};
  const IngestedText own("x,y\n-,NA\nunknown,NA\n5,\n", options);
  EXPECT_EQ(own.types(), "x:integer y:category");
  EXPECT_EQ(own.report().columns[1].summary.missing, 1U);
}

TEST(Ingest, KeepsAColumnWithoutValues) {
  const IngestedText t("x,y\n1,\n2,NA\n");
  EXPECT_EQ(t.types(), "x:integer y:real");
  EXPECT_THAT(t.report().notes, ElementsAre(HasSubstr("'y' holds no values")));
  EXPECT_FALSE(t.report().columns[1].summary.minimum.has_value());
}

TEST(Ingest, TrimsNoBreakSpacesButNoLetters) {
  const IngestedText t(
      "x,y\n1\xA0,\xC2\xA0 b\xC2\xA0\n\xA0"
      "2,voil\xC3\xA0\n3,\xA0\n");
  EXPECT_EQ(t.types(), "x:integer y:text");
  EXPECT_EQ(t.column(1), (Strings{"b", "voil\xC3\xA0", ""}));
}

TEST(Ingest, ReadsWindows1252WhereItIsNotUtf8) {
  const IngestedText t("x,y\nZ\xFCrich,\x80 5\nZ\xC3\xBCrich,b\nBern,c\n");
  EXPECT_EQ(t.types(), "x:category y:text");
  EXPECT_EQ(t.column(0), (Strings{"Z\xC3\xBCrich", "Z\xC3\xBCrich", "Bern"}));
  EXPECT_EQ(t.column(1)[0], "\xE2\x82\xAC 5");
  EXPECT_THAT(t.report().notes, ElementsAre(HasSubstr("'x': 1 cell "), HasSubstr("'y': 1 cell ")));
}

TEST(Ingest, NotesNearlyNumericColumns) {
  const IngestedText t("x,z\n" + repeated("1,0\n", 10) + "tbd,007\n" + repeated("2,3\n", 30));
  EXPECT_EQ(t.types(), "x:category z:category");
  ASSERT_EQ(t.report().notes.size(), 1U);
  EXPECT_THAT(t.report().notes[0], HasSubstr("1 of 41 values are not numbers, the first 'tbd' in "
                                             "line 12"));
}

TEST(Ingest, TakesStatedTypes) {
  EXPECT_EQ(IngestedText("x,y\n1,2\n1,3\n", with_type("x", ColumnType::kText)).types(),
            "x:text y:integer");
  EXPECT_EQ(IngestedText("x,y\n1,2\n1,3\n", with_type("x", ColumnType::kReal)).types(),
            "x:real y:integer");
  const IngestedText category("x,y\n1,2\n01,3\n", with_type("x", ColumnType::kCategory));
  EXPECT_EQ(category.table().columns()[0].levels, (Strings{"01", "1"}));
  EXPECT_EQ(IngestedText("x,y\n007,2\n", with_type("x", ColumnType::kInteger)).column(0),
            Strings{"7"});
  expect_refused("x\n1\n1.5\n", "line 3: column 'x': '1.5' is not an integer",
                 with_type("x", ColumnType::kInteger));
  expect_refused("x\n1\nabc\n", "'abc' is not a number", with_type("x", ColumnType::kReal));
  expect_refused("x\n1\n", "no column 'X'", with_type("X", ColumnType::kReal));
  std::string many = "x\n";
  for (int i = 0; i < 1001; ++i) {
    many += fmt::format("v{}\n", i);
  }
  expect_refused(many, "too many for a category", with_type("x", ColumnType::kCategory));
}

TEST(Ingest, StopsAtTheFirstBadRow) {
  const std::string good = repeated("1,\"a\nb\"\n", 200);
  expect_refused("x,y\n" + good + "1\n" + good + "1,2,3\n",
                 "line 402: found 1 field, expected 2 (delimiter ',')");
  expect_refused("x,y\n" + good + "1,2,3\n", "line 402: found 3 fields, expected 2");
  expect_refused("x,y\n1,\"a\" b\n", "column 'y': text follows the closing quote");
  expect_refused("x,y\n1,2\n", "no column", with_type("z", ColumnType::kText));
}

TEST(Ingest, SkipsAndReportsBadRows) {
  const std::string good = repeated("1,2\n", 100);
  std::string text = "x,y\n" + good + "1\n" + good + "1,2,3\n";
  const IngestedText t(text, skipping());
  EXPECT_EQ(t.report().rows, 200U);
  EXPECT_EQ(t.report().rejected, 2U);
  ASSERT_EQ(t.report().rejections.size(), 2U);
  EXPECT_EQ(t.report().rejections[0].line, 102U);
  EXPECT_EQ(t.report().rejections[1].line, 203U);
  text += repeated("1\n", 50);
  const IngestedText many(text, skipping());
  EXPECT_EQ(many.report().rejected, 52U);
  EXPECT_EQ(many.report().rejections.size(), ReadReport::kListedRejections);
  EXPECT_EQ(many.report().rejections.back().line, 211U);
  expect_refused("x,y\n1\n2\n", "none of 2 rows can be used; line 2", skipping());
}

TEST(Ingest, RefusesInfinity) {
  expect_refused("x,y\n1,2\n-inf,3\n", "line 3: column 'x': '-inf' is not finite");
  expect_refused("x,y\n1,2\n1e999,3\n", "'1e999' is not finite");
  EXPECT_EQ(IngestedText("x,y\n1,2\nInfinity,3\nabc,3\n").types(), "x:text y:integer");
  const IngestedText t("x,y\n1,2\ninf,300\n2,3\n", skipping());
  EXPECT_EQ(t.types(), "x:real y:integer");
  EXPECT_EQ(t.report().rows, 2U);
  EXPECT_EQ(t.report().columns[1].summary.maximum, 3);
  EXPECT_FALSE(t.report().columns[0].stated);
}

TEST(Ingest, SaysWhatIsWrongWithAFile) {
  expect_refused("", "is empty");
  expect_refused("\n \r\n\n", "nothing but blank lines");
  expect_refused("a,b\n", "header but no rows");
  expect_refused("a,b\n\n\n", "header but no rows");
  expect_refused("a,b\r", "header but no rows");
  expect_refused(std::string("a\0\0\0,\0\0\0b\0\0\0\n\0\0\0", 16), "state its encoding");
  expect_refused("a,b\n" + repeated("1,2\n", 100000) + std::string("\0,1\n", 4), "byte 400005");
  expect_refused("PK\x03\x04 and so on", "spreadsheet");
  expect_refused("\x1F\x8B\x08 and so on", "damaged");
  expect_refused("\x89HDF\r\n\x1A\n", "HDF5");
}

TEST(Ingest, NamesTheLineOfAnUnclosedQuote) {
  expect_refused("a,\"b\n1,2\n", "line 1: a quote opened here is never closed");
  const std::string good = repeated("1,\"x \"\"y\"\" z\n\"\n", 300);
  expect_refused("a,b\n" + good + "1,\"2\n" + repeated("3,4\n", 500),
                 "line 602: a quote opened here is never closed");
  expect_refused("a,b\n" + good + "1,\"2\"\"", "line 602: a quote");
}

TEST(Ingest, ChecksPathsBeforeWork) {
  const test::SharedFolder folder;
  IngestOptions options;
  options.input = folder / "in.csv";
  options.output = folder / "out.h5";
  expect_error(ExitCode::kNoInput, "does not exist", [&] { (void)ingest(world(), options); });
  if (world().is_root()) {
    std::ofstream(options.input) << "a,b\n1,2\n";
  }
  world().barrier();
  options.output = folder / "none/out.h5";
  expect_error(ExitCode::kCannotCreate, "does not exist", [&] { (void)ingest(world(), options); });
  options.output = folder / "./in.csv";
  expect_error(ExitCode::kUsage, "input itself", [&] { (void)ingest(world(), options); });
  options.output.clear();
  EXPECT_EQ(ingest(world(), options).rows, 1U);
}

TEST(Ingest, NamesALimitThatIsPassed) {
  const std::string long_value(kMaxValueBytes + 1, 'x');
  expect_refused("a,b\n" + repeated("1,2\n", 600) + "3," + long_value + "\n4,5\n",
                 "line 602: column 'b' has a value of 1.00 MiB, more than the 1.00 MiB");
  const std::string number(kMaxValueBytes + 1, '7');
  expect_refused("a,b\n" + repeated("1,2\n", 1500) + number + ",2\n", "line 1502: column 'a'");
  EXPECT_EQ(IngestedText("a,b\n1," + long_value.substr(1) + "\n2,y\n").column("b")[0].size(),
            kMaxValueBytes);

  std::string header = "c0";
  for (std::size_t c = 1; c <= kMaxColumns; ++c) {
    header += fmt::format(",c{}", c);
  }
  expect_refused(header + "\n1\n", "has 100,001 columns, more than the 100,000");
}

// Packed, it is a few KB.
TEST(Ingest, EndsAStreamThatIsAllOneRow) {
  const test::SharedFolder folder;
  IngestOptions options;
  options.input = folder / "in.csv.gz";
  options.output = folder / "out.h5";
  for (const auto& [byte, part] : {std::pair('a', "line 1: in the first 64 MiB there is no whole"),
                                   std::pair('\n', "begins with nothing but blank lines")}) {
    if (world().is_root()) {
      std::ofstream(folder / "in.csv", std::ios::binary) << std::string(80U << 20U, byte);
      ASSERT_EQ(std::system(("gzip -1f " + (folder / "in.csv")).c_str()), 0);
    }
    world().barrier();
    expect_error(ExitCode::kBadData, part, [&] { (void)ingest(world(), options); });
    world().barrier();
  }
}

// As of text that is read into memory, beyond what there is.
TEST(Reading, EndsWhereMemoryDoes) {
  const std::string text = "a,b\n" + repeated("1,2.5\n", 30'000);
  const auto examine = [&](std::uint64_t most) {
    Reading reading(world(), {{"in.csv", text}}, {}, {.most_bytes = most}, no_progress());
    reading.examine();
    return reading.own_rows();
  };
  EXPECT_EQ(world().all_sum(examine(1U << 20U)), 30'000U);
  expect_error(ExitCode::kUnfit, "the values up to here take ", [&] { (void)examine(10'000); });
}

}  // namespace
}  // namespace tessera::table
