// Dates in delimited files: see doc/formats.md.
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

IngestOptions with_format(const std::vector<std::string>& formats) {
  IngestOptions options;
  options.chunk_bytes = 9;
  options.date_format = formats;
  return options;
}

TEST(DateColumns, AreFoundByTheWholeColumn) {
  const IngestedText t(
      "a,b,c,d\n03/04/2021,2024-01-05 13:00,1.2.2020,04-03-2021\n"
      "25/12/2020,2024-02-29 00:00:01,,12-25-2020\n,2023-11-30T23:59:59Z,31.12.1999,01-01-2020\n",
      with_format({}));
  EXPECT_EQ(t.types(), "a:date b:date c:date d:date");
  EXPECT_THAT(t.column("a"), ElementsAre("2021-04-03", "2020-12-25", ""));
  EXPECT_THAT(t.column("b"),
              ElementsAre("2024-01-05T13:00:00", "2024-02-29T00:00:01", "2023-11-30T23:59:59"));
  EXPECT_THAT(t.column("c"), ElementsAre("2020-02-01", "", "1999-12-31"));
  EXPECT_THAT(t.column("d"), ElementsAre("2021-04-03", "2020-12-25", "2020-01-01"));
  EXPECT_EQ(t.report().columns[0].written, "d/m/Y");
  EXPECT_EQ(t.report().columns[3].written, "m-d-Y");
  EXPECT_EQ(t.report().columns[0].summary.minimum, 1608854400.0);
  EXPECT_EQ(t.report().columns[0].summary.missing, 1U);
  EXPECT_EQ(t.report().columns[0].summary.distinct, 2U);
  std::vector<double> seconds(1);
  t.table().read_numbers(0, 1, seconds);
  EXPECT_EQ(seconds[0], 1608854400.0);
}

TEST(DateColumns, AreFoundHoweverLateTheyAreTold) {
  std::string text = "a,b\n";
  for (int row = 0; row < 2500; ++row) {
    text += std::to_string(1 + row % 12) + '/' + std::to_string(1 + row / 12 % 12) + '/' +
            std::to_string(1990 + row / 144) + ",x\n";
  }
  expect_error(ExitCode::kBadData, "column 'a'", [&] { const IngestedText t(text); });
  EXPECT_EQ(IngestedText(text + "1/13/2020,y\n").column("a")[1], "1990-02-01");
  EXPECT_EQ(IngestedText(text + "13/1/2020,y\n").column("a")[1], "1990-01-02");
  EXPECT_EQ(IngestedText(text + "13/13/2020,y\n").types(), "a:text b:category");
}

TEST(AmbiguousDates, AreRefusedWithBothReadings) {
  const std::string text = "id,joined\n1,05/05/2021\n2,03/04/2021\n3,05/06/2020\n";
  expect_error(ExitCode::kBadData,
               "in.csv, line 3: column 'joined': '03/04/2021' is 2021-04-03 as d/m/Y, but "
               "2021-03-04 as m/d/Y",
               [&] { const IngestedText t(text); });
  EXPECT_EQ(IngestedText(text, with_format({"joined=m/d/Y"})).column("joined")[1], "2021-03-04");
  EXPECT_EQ(IngestedText(text, with_format({"dd/mm/yyyy"})).column("joined")[1], "2021-04-03");
  EXPECT_EQ(IngestedText(text, with_format({"%m/%d/%Y"})).column("joined")[1], "2021-03-04");
  IngestOptions options;
  options.types = {"joined=text"};
  EXPECT_EQ(IngestedText(text, options).types(), "id:integer joined:text");
}

TEST(AmbiguousDates, AreNoneWhereBothReadingsAreTheSame) {
  EXPECT_THAT(IngestedText("a,b\n01/01/2020,x\n05/05/2021,y\n").column("a"),
              ElementsAre("2020-01-01", "2021-05-05"));
}

TEST(DateColumns, HaveTimesOfAllZonesInUtc) {
  const IngestedText t(
      "a,b\n2021-03-03T00:30:00+02:00,x\n2021-03-03 9:05 PM,y\n\"2021-03-03, 00:00:00.5\",z\n");
  EXPECT_THAT(t.column("a"),
              ElementsAre("2021-03-02T22:30:00", "2021-03-03T21:05:00", "2021-03-03T00:00:00"));
}

TEST(DateColumns, AreNotWhatIsNoDate) {
  for (const char* cell : {"31.02.2020", "1.1.20", "2020", "-5", "x", "0099.01.01"}) {
    const IngestedText t(std::string("a,b\n1.2.2020,x\n") + cell + ",y\n3.2.2020,z\n");
    EXPECT_EQ(t.types(), "a:text b:text") << cell;
  }
  EXPECT_EQ(IngestedText("a,b\n20240131,x\n20240229,y\n").types(), "a:integer b:text");
}

TEST(DateColumns, HaveMissingMarks) {
  EXPECT_THAT(IngestedText("a,b\n1.2.2020,x\n-,y\n#N/A,z\n").column("a"),
              ElementsAre("2020-02-01", "", ""));
}

TEST(StatedDates, MayBeNumbers) {
  IngestOptions options = with_format({"b=unix", "c=%d %b %Y"});
  options.types = {"a=date"};
  const IngestedText t("a,b,c\n20240131,1614729600,5 Mar 2021\n20240229,-1,\n", options);
  EXPECT_EQ(t.types(), "a:date b:date c:date");
  EXPECT_THAT(t.column("a"), ElementsAre("2024-01-31", "2024-02-29"));
  EXPECT_THAT(t.column("b"), ElementsAre("2021-03-03T00:00:00", "1969-12-31T23:59:59"));
  EXPECT_THAT(t.column("c"), ElementsAre("2021-03-05", ""));
  EXPECT_TRUE(t.report().columns[1].stated);
}

TEST(StatedDates, AreHeldToTheirFormat) {
  IngestOptions options = with_format({"a=d/m/Y"});
  const std::string text = "a,b\n1/2/2020,x\n13/13/2020,y\n3/2/2020,z\n";
  expect_error(ExitCode::kBadData, "line 3: column 'a': '13/13/2020' is not a date as d/m/Y",
               [&] { const IngestedText t(text, options); });
  options.on_error = OnError::kSkip;
  const IngestedText t(text, options);
  EXPECT_EQ(t.report().rejected, 1U);
  EXPECT_THAT(t.column("a"), ElementsAre("2020-02-01", "2020-02-03"));
  IngestOptions by_type;
  by_type.types = {"a=date"};
  expect_error(ExitCode::kBadData, "line 3: column 'a': 'x' is not a date as Y-m-d",
               [&] { const IngestedText u("a\n2020-01-01\nx\n", by_type); });
}

TEST(StatedFormats, AreChecked) {
  const auto refused = [](const std::vector<std::string>& formats, const std::string& part) {
    expect_error(ExitCode::kUsage, part, [&] { check(with_format(formats)); });
  };
  refused({"d/m/yy"}, "two digits");
  refused({"noon"}, "is not known");
  refused({"Ymd"}, "COLUMN=Ymd");
  refused({"%Y%m%d"}, "COLUMN=%Y%m%d");
  refused({"d/m/Y", "m/d/Y"}, "another one for all");
  IngestOptions options = with_format({"a=d/m/Y"});
  options.types = {"a=text"};
  expect_error(ExitCode::kUsage, "stated to be text", [&] { check(options); });
  expect_error(ExitCode::kBadData, "no column 'z'",
               [&] { const IngestedText t("a\n1\n", with_format({"z=d/m/Y"})); });
}

}  // namespace
}  // namespace tessera::table
