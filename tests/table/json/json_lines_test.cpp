#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "support/expect_error.hpp"
#include "support/shown_table.hpp"
#include "support/world.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::shown;
using test::world;
using ::testing::HasSubstr;

OpenedTable read(const std::string& text, const ReadOptions& options = {}) {
  return open_text(world(), "in.jsonl", text, options);
}

void expect_refused(const std::string& text, const std::string& part) {
  expect_error(ExitCode::kBadData, part, [&] { (void)read(text); });
}

TEST(JsonLines, ReadsValuesOfAllKinds) {
  EXPECT_EQ(shown(*read("{\"a\":1,\"b\":1.5,\"c\":\"x\",\"d\":true,\"e\":null}\n"
                        "{\"a\":-2,\"b\":1e3,\"c\":\"y\",\"d\":false,\"e\":\"\"}\r\n"
                        "\n {\"a\" : 3 , \"b\" : 0.25 , \"c\" : \"y\" , \"d\" : true } ")
                       .table),
            "a:integer 1 -2 3; b:real 1.5 1000 0.25; c:category x y y; "
            "d:category true false true; e:real - - -");
}

std::vector<std::string> names_of(const OpenedTable& opened) {
  std::vector<std::string> names;
  for (const Column& column : opened.table->columns()) {
    names.push_back(column.name);
  }
  return names;
}

TEST(JsonLines, ColumnsDoNotDependOnWhichRowIsFirst) {
  const std::string full = "{\"z\":1,\"a\":2,\"m\":3}\n";
  const std::string sparse = "{\"a\":2,\"m\":3}\n{\"m\":3}\n{\"z\":1,\"m\":3}\n";
  for (const std::string& text : {full + sparse, sparse + full}) {
    EXPECT_EQ(names_of(read(text)), (std::vector<std::string>{"z", "a", "m"}));
  }
  const std::string one = "{\"b\":1,\"a\":2}\n";
  const std::string other = "{\"a\":2,\"b\":1}\n";
  EXPECT_EQ(names_of(read(one + other)), names_of(read(other + one)));
}

TEST(JsonLines, ColumnsMayComeLate) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += i % 2 == 0 ? "{\"b\":1,\"a\":2}\n" : "{\"a\":2,\"b\":1}\n";
  }
  text += "{\"late\":7,\"a\":2}\n{\"later\":8,\"late\":9,\"b\":3}\n";
  const OpenedTable opened = read(text);
  ASSERT_EQ(opened.table->columns().size(), 4U);
  EXPECT_EQ(names_of(opened), (std::vector<std::string>{"later", "a", "late", "b"}));
  EXPECT_EQ(opened.table->rows(), 102U);
  EXPECT_EQ(opened.table->missing(3), 1U);
  EXPECT_EQ(opened.table->missing(2), 100U);
}

TEST(JsonLines, RowsWithoutKeysMayComeFirst) {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += "{}\n";
  }
  const OpenedTable opened = read(text + "{\"a\":1}\n{\"a\":2}\n");
  EXPECT_EQ(names_of(opened), (std::vector<std::string>{"a"}));
  EXPECT_EQ(opened.table->rows(), 22U);
  EXPECT_EQ(opened.table->missing(0), 20U);
}

TEST(JsonLines, NestedObjectsAreDottedPaths) {
  EXPECT_EQ(shown(*read("{\"id\":\"x\",\"address\":{\"city\":\"Bern\",\"geo\":{\"lat\":46.9}}}\n"
                        "{\"id\":\"x\",\"address\":{\"geo\":{\"lat\":47.5},\"city\":\"Bern\"}}\n")
                       .table),
            "id:category x x; address.city:category Bern Bern; address.geo.lat:real 46.9 47.5");
}

TEST(JsonLines, StringsAreInferredLikeCells) {
  EXPECT_EQ(shown(*read("{\"a\":\"007\",\"b\":\"12\",\"c\":\" NA \",\"d\":\"u\\u00e9\\n\\\"\"}\n"
                        "{\"a\":\"008\",\"b\":\"13\",\"c\":\"4\",\"d\":\"v\"}\n")
                       .table),
            "a:text 007 008; b:integer 12 13; c:integer - 4; d:text u\xC3\xA9\n\" v");
  EXPECT_EQ(shown(*read("{\"a\":9007199254740993}\n{\"a\":1}\n").table),
            "a:integer 9007199254740993 1");
}

TEST(JsonLines, ArraysAreToldAndLeftOut) {
  const OpenedTable opened = read(
      "{\"a\":1,\"b\":{\"c\":[1,[2]],\"d\":3}}\n"
      "{\"a\":2,\"e\":[]}\n"
      "{\"a\":4,\"b\":{\"c\":null}}\n");
  EXPECT_EQ(shown(*opened.table), "a:integer 1 2 4; b.d:integer 3 - -");
  EXPECT_THAT(opened.report->notes,
              ::testing::UnorderedElementsAre(
                  "column 'b.c' was left out: it holds arrays, the first in in.jsonl, line 1",
                  "column 'e' was left out: it holds arrays, the first in in.jsonl, line 2"));
}

TEST(JsonLines, SaysWhatIsWrongWithALine) {
  const std::string good = "{\"a\":1}\n{\"a\":2}\n";
  expect_refused(good + "{\"a\":[1]}\n",
                 "in.jsonl, line 3: column 'a' holds an array here and single values elsewhere");
  expect_refused(good + "{\"b\":[1}\n", "line 3: ");
  expect_refused(good + "{\"a\":1,\"a\":2}\n", "line 3: the key 'a' stands in it twice");
  expect_refused(good + "{\"a\":{\"b\":1},\"a.b\":2}\n",
                 "line 3: the key 'a.b' stands in it twice");
  expect_refused(good + "{\"a\":\"\xFF\"}\n", "line 3: it is not UTF-8");
  expect_refused(good + "{\"a\":\"\\q\"}\n", "line 3: an escape in a string is wrong");
  expect_refused(good + "{\"a\":\"\\u0000\"}\n", "line 3: column 'a': its string holds a zero");
  expect_refused(good + "{\"a\":\"x\ty\"}\n", "line 3: a string in it holds a control character");
  expect_refused(good + "{\"a\":1", "line 3: it does not end with the end of an object");
  expect_refused(good + "{\"a\":\"x", "line 3: a string in it is not closed");
  expect_refused(good + "{\"a\":1} x\n", "line 3: it does not end with the end");
  expect_refused(good + "{\"a\":1}{\"a\":2}\n", "line 3: more text follows its object");
  expect_refused(good + "[1]\n", "line 3: it is not a JSON object");
  for (const char* const value :
       {"01", "1.", ".5", "+1", "nul", "truee", "NaN", "'x'", "1 2", ""}) {
    expect_refused(good + "{\"a\":" + value + "}\n", "line 3: it is not correct JSON");
  }
  expect_refused("\n \n", "is empty");
}

TEST(JsonLines, LinesMayBeSkipped) {
  ReadOptions options;
  options.on_error = OnError::kSkip;
  options.types = {"a=integer"};
  const OpenedTable opened =
      read("{\"a\":1}\n{\"only\":2,\"a\":[]}\n{\"a\":1.5}\n{\"a\":2}\n{\"a\":3", options);
  EXPECT_EQ(shown(*opened.table), "a:integer 1 2");
  ASSERT_EQ(opened.report->rejections.size(), 3U);
  EXPECT_EQ(opened.report->rejections[0].line, 2U);
  EXPECT_THAT(opened.report->rejections[1].reason, HasSubstr("'1.5' is not an integer"));
}

TEST(JsonLines, RefuseMoreKeysThanATableMayHave) {
  const auto lines = [](int keys, const char* value) {  // 2500 keys in each
    std::string text;
    for (int i = 0; i < keys; ++i) {
      text += fmt::format("{}\"k{}\":{}", i % 2500 == 0 ? "{" : ",", i, value);
      text += i % 2500 == 2499 || i + 1 == keys ? "}\n" : "";
    }
    return text;
  };
  expect_refused(lines(10'001, "1"), "different keys for a table");  // of all ranks together
  if (world().size() == 1) {
    expect_refused(lines(10'001, "1"), "in.jsonl, line 5: ");
    expect_refused(lines(20'001, "{}"), "in.jsonl, line 9: ");
    // a stream comes in pieces, each of which has fewer
    const test::SharedFolder folder;
    const std::string wide = '"' + std::string(1000, 'x') + '"';
    std::ofstream(folder / "in.jsonl") << lines(10'001, wide.c_str());
    ASSERT_EQ(std::system(("gzip " + (folder / "in.jsonl")).c_str()), 0);
    expect_error(ExitCode::kBadData, "in.jsonl.gz, line 5: there are too many",
                 [&] { (void)open_source(world(), folder / "in.jsonl.gz"); });
  }
}

TEST(JsonLines, RefuseWhatIsSaidOfDelimitedText) {
  ReadOptions options;
  options.delimiter = "tab";
  test::expect_error(ExitCode::kUsage,
                     "delimiter tab: ", [&] { (void)read("{\"a\":1}\n{\"a\":2}\n", options); });
  options = {};
  options.header = Header::kNo;
  test::expect_error(ExitCode::kUsage,
                     "header no: ", [&] { (void)read("{\"a\":1}\n{\"a\":2}\n", options); });
}

// The same as delimited text, whatever the name says.
TEST(JsonLines, IsTheTableOfTheSameDelimitedText) {
  std::string csv = "id,n,x,plan\n";
  std::string json;
  for (int i = 0; i < 3000; ++i) {
    csv += fmt::format("K{},{},{}.50,{}\n", i, i % 5 == 0 ? "" : std::to_string(i), i,
                       i % 3 == 0 ? "gold" : "basic");
    json += fmt::format("{{\"id\":\"K{}\",\"n\":{},\"x\":{}.50,\"plan\":\"{}\"}}\n", i,
                        i % 5 == 0 ? "null" : std::to_string(i), i, i % 3 == 0 ? "gold" : "basic");
  }
  const OpenedTable one = open_text(world(), "customers", csv);
  const OpenedTable other = open_text(world(), "customers", json);
  EXPECT_EQ(one.report->format, "delimited");
  EXPECT_EQ(other.report->format, "jsonl");
  EXPECT_EQ(shown(*one.table), shown(*other.table));
}

}  // namespace
}  // namespace tessera::table
