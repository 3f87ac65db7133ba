// Tables read straight from text into the ranks' memory, by several doors.
#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/text/ingest.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::world;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Doors : public ::testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) const {
    if (world().is_root()) {
      std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    world().barrier();
    return folder_ / name;
  }

  // This rank's share of a column.
  static std::vector<std::string> own(const Table& table, const std::string& column) {
    const comm::Share share = comm::share_of(table.rows(), world().rank(), world().size());
    return table.read_text(table.find(column), share.first, share.count);
  }

  // A whole column, on all ranks.
  static std::vector<std::string> whole(const Table& table, const std::string& column) {
    std::string mine;
    for (const std::string& cell : own(table, column)) {
      mine += cell + "|";
    }
    std::vector<std::string> all;
    for (const std::string& part : world().all_gather_strings(mine)) {
      for (std::size_t at = 0; at < part.size(); at = part.find('|', at) + 1) {
        all.push_back(part.substr(at, part.find('|', at) - at));
      }
    }
    return all;
  }

  const test::SharedFolder folder_;
};

std::string customers(int from, int rows) {
  std::string text = "id,age,spend,plan\n";
  for (int i = from; i < from + rows; ++i) {
    text += fmt::format("C{:03},{},{:.2f},{}\n", i, i % 7 == 0 ? "" : std::to_string(20 + i % 50),
                        1.25 * i, i % 3 == 0 ? "gold" : "basic");
  }
  return text;
}

// Rows are dealt out in the order of the text, with the types and values that ingest writes.
TEST_F(Doors, TextIsTheTableThatIngestWrites) {
  for (const int rows : {1, 2, 4, 5000}) {
    const std::string text = write("in.csv", customers(0, rows));
    IngestOptions options;
    options.input = text;
    options.output = folder_ / "out.h5";
    const ReadReport ingested = ingest(world(), options);
    const std::unique_ptr<Table> stored = open_table(world(), options.output);
    const OpenedTable opened = open_source(world(), text);
    ASSERT_TRUE(opened.report.has_value());
    EXPECT_EQ(opened.report->notes, ingested.notes);
    ASSERT_EQ(opened.table->rows(), stored->rows());
    EXPECT_TRUE(opened.table->holds_shares());
    const comm::Share share = comm::share_of(stored->rows(), world().rank(), world().size());
    for (std::size_t c = 0; c < stored->columns().size(); ++c) {
      const Column& column = stored->columns()[c];
      EXPECT_EQ(opened.table->columns()[c].name, column.name);
      EXPECT_EQ(opened.table->columns()[c].type, column.type);
      EXPECT_EQ(opened.table->columns()[c].levels, column.levels);
      EXPECT_EQ(opened.table->missing(c), ingested.columns[c].summary.missing);
      EXPECT_EQ(opened.table->read_text(c, share.first, share.count),
                stored->read_text(c, share.first, share.count));
      if (column.is_number() && share.count > 0) {
        std::vector<double> one(share.count);
        std::vector<double> other(share.count);
        opened.table->read_numbers(c, share.first, one);
        stored->read_numbers(c, share.first, other);
        for (std::size_t i = 0; i < one.size(); ++i) {
          EXPECT_TRUE(one[i] == other[i] || (std::isnan(one[i]) && std::isnan(other[i])));
        }
      }
    }
  }
}

TEST_F(Doors, ARankHasNoOtherRows) {
  const OpenedTable opened = open_text(world(), "memory", customers(0, 50));
  const comm::Share share = comm::share_of(50, world().rank(), world().size());
  expect_error(ExitCode::kInternal, "memory of another rank", [&] {
    world().together([&] { (void)opened.table->read_text(0, share.first, share.count + 1); });
  });
}

// What was taken for numbers at first is read again as text.
TEST_F(Doors, AColumnMayTurnOutToBeText) {
  std::string text = "x,y\n";
  for (int i = 0; i < 3000; ++i) {
    text += fmt::format("{}.50,{}\n", i, i);
  }
  text += "unknown,1\n";
  const OpenedTable opened = open_text(world(), "memory", text);
  EXPECT_EQ(opened.table->columns()[0].type, ColumnType::kText);
  const std::vector<std::string> all = whole(*opened.table, "x");
  EXPECT_EQ(all.front(), "0.50");
  EXPECT_EQ(all[2999], "2999.50");
  EXPECT_EQ(all.back(), "unknown");
}

// Columns that a job does not want are as good as empty; also where text is read twice, since a
// column of numbers turns out to be text.
TEST_F(Doors, ColumnsMayBePassedOver) {
  for (const std::string last : {"7", "x"}) {
    std::string csv;
    std::string json;
    for (int i = 0; i < 3000; ++i) {
      const std::string code = i < 2999 ? std::to_string(i) : last;
      csv += fmt::format("{},{},{}\n", code, i % 9, i % 2 == 0 ? "a" : "b");
      json += fmt::format(R"({{"code": "{}", "count": {}, "kind": "a"}})"
                          "\n",
                          code, i % 9);
    }
    for (const std::string& path :
         {write("in.csv", "code,count,kind\n" + csv), write("in.jsonl", json)}) {
      const OpenedTable all = open_source(world(), path);
      ReadOptions options;
      options.wants = [](const std::string& column) { return column != "kind"; };
      options.expected = {{"count", ColumnType::kReal}, {"none", ColumnType::kReal}};
      const OpenedTable some = open_source(world(), path, options);
      const std::vector<Column>& columns = some.table->columns();
      ASSERT_EQ(columns.size(), 3U);
      EXPECT_EQ(some.table->rows(), 3000U);
      EXPECT_EQ(whole(*some.table, "code"), whole(*all.table, "code"));
      EXPECT_EQ(whole(*some.table, "count"), whole(*all.table, "count"));
      EXPECT_EQ(columns[some.table->find("count")].type, ColumnType::kReal);
      EXPECT_EQ(columns[some.table->find("kind")].type, ColumnType::kCategory);
      EXPECT_EQ(some.table->missing(some.table->find("kind")), 3000U);
      EXPECT_EQ(whole(*some.table, "kind"), std::vector<std::string>(3000));
      options.types = {"count=text"};
      const OpenedTable stated = open_source(world(), path, options);
      EXPECT_EQ(stated.table->columns()[stated.table->find("count")].type, ColumnType::kText);
      std::vector<std::string> store;
      const comm::Share share = comm::share_of(3000, world().rank(), world().size());
      const std::vector<std::string_view> views =
          stated.table->read_views(stated.table->find("count"), share.first, share.count, store);
      EXPECT_EQ(std::vector<std::string>(views.begin(), views.end()), own(*stated.table, "count"));
    }
  }
}

TEST_F(Doors, SeveralFilesAreOneTable) {
  write("part-2.csv", "b,a\n20,x\n40,y\n");
  write("part-10.csv", "a;b\nz;5.5\n");
  write("part-1.csv", "a,b\nu,1\nv,2\nw,3\n");
  const OpenedTable opened = open_source(world(), folder_ / "part-*.csv");
  EXPECT_THAT(whole(*opened.table, "a"), ElementsAre("u", "v", "w", "z", "x", "y"));
  EXPECT_THAT(whole(*opened.table, "b"), ElementsAre("1", "2", "3", "5.5", "20", "40"));
  EXPECT_EQ(opened.table->columns()[0].name, "a");
  const std::string list = (folder_ / "part-2.csv") + "," + (folder_ / "part-1.csv");
  EXPECT_THAT(whole(*open_source(world(), list).table, "a"), ElementsAre("x", "y", "u", "v", "w"));
}

TEST_F(Doors, ErrorsNameTheFileAndItsLine) {
  write("one.csv", "a,b\n1,2\n");
  write("two.csv", "a,b\n1,2\n3\n");
  write("other.csv", "a,c\n1,2\n");
  write("longer.csv", "a,b,c\n1,2,3\n");
  const std::string one = folder_ / "one.csv";
  const auto refuse = [&](const std::string& input, const std::string& part) {
    expect_error(ExitCode::kBadData, part, [&] { (void)open_source(world(), input); });
  };
  refuse(one + "," + (folder_ / "two.csv"), "two.csv, line 3: found 1 field");
  refuse(one + "," + (folder_ / "other.csv"), "other.csv has no column 'b', which");
  refuse(one + "," + (folder_ / "longer.csv"), "longer.csv has a column 'c'");
  expect_error(ExitCode::kNoInput, "no file matches",
               [&] { (void)open_source(world(), folder_ / "none-*.csv"); });
  ReadOptions skipping;
  skipping.on_error = OnError::kSkip;
  const OpenedTable opened = open_source(world(), one + "," + (folder_ / "two.csv"), skipping);
  ASSERT_EQ(opened.report->rejections.size(), 1U);
  EXPECT_THAT(opened.report->rejections[0].file, HasSubstr("two.csv"));
  EXPECT_EQ(opened.report->rejections[0].line, 3U);
}

// One rank reads what cannot be read in parts, and deals it out in pieces of whole records.
TEST_F(Doors, APipeIsReadByOneRank) {
  std::string text = customers(0, 40'000);
  text += "\"C,1\",\"20\",\"1\n\",basic\nC2,,,\n";
  const std::string plain = write("plain.csv", text);
  const std::string pipe = folder_ / "pipe";
  if (world().is_root()) {
    ASSERT_EQ(std::system(fmt::format("mkfifo {0} && (cat {1} > {0} &)", pipe, plain).c_str()), 0);
  }
  world().barrier();
  const OpenedTable piped = open_source(world(), pipe);
  const OpenedTable read = open_source(world(), plain);
  EXPECT_TRUE(piped.report->by_one_rank);
  EXPECT_FALSE(read.report->by_one_rank);
  ASSERT_EQ(piped.table->rows(), 40'002U);
  for (const Column& column : read.table->columns()) {
    EXPECT_EQ(own(*piped.table, column.name), own(*read.table, column.name)) << column.name;
  }
}

TEST_F(Doors, NamesSayNoMoreThanContent) {
  write("copy.csv", customers(0, 10));
  IngestOptions options;
  options.input = folder_ / "copy.csv";
  options.output = folder_ / "table.h5";
  (void)ingest(world(), options);
  if (world().is_root()) {
    std::filesystem::rename(options.output, folder_ / "table.csv");
  }
  world().barrier();
  EXPECT_EQ(open_table(world(), folder_ / "table.csv")->rows(), 10U);

  ReadOptions of_text;
  of_text.types = {"age=text"};
  expect_error(ExitCode::kUsage, "types age=text: ", [&] {
    (void)open_source(world(), folder_ / "table.csv", of_text);
  });
  of_text = {};
  of_text.on_error = OnError::kSkip;
  expect_error(ExitCode::kUsage, "on error skip: ", [&] {
    (void)open_source(world(), folder_ / "table.csv", of_text);
  });
}

}  // namespace
}  // namespace tessera::table
