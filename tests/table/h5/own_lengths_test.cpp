// Texts of a column that differ in length are stored one behind the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "support/expect_error.hpp"
#include "table/text/ingest_support.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/io/h5_output.hpp"
#include "tessera/table/h5/table_writer.hpp"
#include "tessera/table/sink.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::SharedFolder;
using test::world;
using ::testing::ElementsAre;

using Strings = std::vector<std::string>;

constexpr std::size_t kRows = 3000;

/// Numbers first and then words, short and long, with what is missing and what is quoted.
Strings notes() {
  Strings all;
  for (std::size_t row = 0; row < kRows; ++row) {
    all.push_back(row % 7 == 3      ? ""
                  : row < kRows / 3 ? std::to_string(row)
                  : row % 11 == 0 ? std::string(row % 300, 'x') + ", \"ü\" " + std::to_string(row)
                                  : "n" + std::to_string(row));
  }
  all[kRows / 2] = std::string(100'000, 'y');
  return all;
}

std::string csv(const Strings& notes) {
  std::string text = "id,note,city\n";
  for (std::size_t row = 0; row < notes.size(); ++row) {
    std::string quoted;
    for (const char c : notes[row]) {
      quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    text += fmt::format("{},\"{}\",{}\n", row, quoted, row % 2 == 0 ? "Bern" : "Basel");
  }
  return text;
}

TEST(OwnLengths, DoNotDependOnRanksNorOnWhatIsKept) {
  const Strings expected = notes();
  for (const std::size_t kept : {std::size_t{0}, std::size_t{20'000}, std::size_t{1} << 28U}) {
    IngestOptions options;
    options.kept_bytes = kept;
    options.chunk_bytes = 4096;
    const IngestedText t(csv(expected), options);
    EXPECT_EQ(t.types(), "id:integer note:text city:category");
    EXPECT_EQ(t.column("note"), expected);
    EXPECT_EQ(t.table().read_text(1, kRows / 2 - 1, 3),
              (Strings{expected.begin() + kRows / 2 - 1, expected.begin() + kRows / 2 + 2}));
    EXPECT_THAT(t.table().read_text(1, kRows, 0), ElementsAre());
    EXPECT_LT(std::filesystem::file_size(t.table().name()), 600'000U) << "not 3,000 x 100,000";
  }
}

TEST(OwnLengths, OfAStreamThatIsDealtOut) {
  const SharedFolder folder;
  IngestOptions options;
  options.input = folder / "in.csv.gz";
  Strings expected;
  for (int i = 0; i < 100; ++i) {  // several pieces for each rank
    const Strings more = notes();
    expected.insert(expected.end(), more.begin(), more.end());
  }
  if (world().is_root()) {
    std::ofstream(folder / "in.csv", std::ios::binary) << csv(expected);
    ASSERT_EQ(std::system(("gzip -1 " + (folder / "in.csv")).c_str()), 0);
  }
  world().barrier();
  std::string before;
  for (const std::size_t kept : {std::size_t{0}, std::size_t{1} << 28U}) {
    options.kept_bytes = kept;
    options.output = folder / "out.h5";
    (void)ingest(world(), options);
    const auto table = open_table(world(), options.output);
    EXPECT_TRUE(table->read_text(1, 0, table->rows()) == expected);
    const std::string bytes = file_bytes(options.output);
    EXPECT_TRUE(before.empty() || before == bytes);
    before = bytes;
  }
}

TEST(OwnLengths, OfKeysThatSomeObjectsLack) {
  std::string text;
  Strings expected;
  for (std::size_t row = 0; row < 500; ++row) {
    const bool has = row > 300 && row % 3 == 0;
    expected.push_back(has ? std::string(row % 90, 'z') + "-" + std::to_string(row) : "");
    text +=
        fmt::format("{{\"id\":{}{}}}\n", row, has ? ",\"note\":\"" + expected.back() + "\"" : "");
  }
  IngestOptions options;
  options.format = "jsonl";
  options.chunk_bytes = 512;
  const IngestedText t(text, options);
  EXPECT_EQ(t.types(), "id:integer note:text");
  EXPECT_EQ(t.column("note"), expected);
}

// Where the texts end, and where they are.
std::string stored(const std::string& path, const std::string& column) {
  const io::H5File file(path);
  const io::H5Dataset ends = file.dataset("/table/" + column);
  return fmt::format("{} {}", ends.kind == io::H5Kind::kText ? "text" : "ends", ends.element_bytes);
}

TEST(OwnLengths, AreUsedWhereTheyTakeLessRoom) {
  const SharedFolder folder;
  const auto write = [&](std::size_t width, std::uint64_t bytes, std::uint64_t rows) {
    PlannedColumn plan;
    plan.column = {"name", ColumnType::kText, {}};
    plan.text_width = width;
    plan.text_bytes = bytes;
    TableWriter(world(), folder / "t.h5", rows, {plan}, {}).commit();
    return stored(folder / "t.h5", "name");
  };
  EXPECT_EQ(write(10, 0, 8), "text 10") << "nobody knows";
  EXPECT_EQ(write(10, 80, 8), "text 10");
  EXPECT_EQ(write(10, 48, 8), "text 10") << "with 4 bytes for each end as large";
  EXPECT_EQ(write(10, 47, 8), "ends 4");
}

TEST(OwnLengths, OfASink) {
  const SharedFolder folder;
  const Strings expected = notes();
  PlannedColumn plan;
  plan.column = {"note", ColumnType::kText, {}};
  plan.text_width = 100'000;
  for (const std::string& note : expected) {
    plan.text_bytes += note.size();
  }
  PlannedColumn again = plan;
  again.column.name = "again";
  const auto sink =
      create_sink(world(), folder / "out.h5", {.rows = kRows, .columns = {plan, again}});
  constexpr std::size_t kBatch = 70;
  const auto ranks = static_cast<std::size_t>(world().size());
  for (std::size_t round = 0; round * ranks * kBatch < kRows; ++round) {
    const std::size_t first =
        std::min(kRows, (round * ranks + static_cast<std::size_t>(world().rank())) * kBatch);
    const std::span rows = std::span(expected).subspan(first, std::min(kBatch, kRows - first));
    sink->write({first, rows.size(), {rows, rows}});
  }
  sink->commit();
  const auto table = open_table(world(), folder / "out.h5");
  EXPECT_EQ(table->read_text(0, 0, kRows), expected);
  EXPECT_EQ(table->read_text(1, 0, kRows), expected);
}

TEST(OwnLengths, ThatCannotBeAreDamage) {
  const SharedFolder folder;
  const auto reading = [&](const std::vector<std::int32_t>& ends, const std::string& text) {
    {
      io::H5Output out(world(), folder / "t.h5");
      out.lay_out([&](io::H5Creator& creator) {
        creator.attribute("/", "tessera_format", std::string("table"));
        creator.attribute("/", "tessera_format_version", std::int64_t{2});
        creator.attribute("/", "rows", static_cast<std::int64_t>(ends.size()));
        creator.attribute("/", "columns", std::int64_t{1});
        creator.group("/table");
        creator.group("/text");
        creator.write<std::int32_t>("/table/name", ends);
        creator.attribute("/table/name", "name", std::string("name"));
        creator.attribute("/table/name", "type", std::string("text"));
        (void)creator.reserve("/text/name", io::H5Type::kUint8, text.size());
      });
      out.commit();
    }
    world().barrier();
    const auto table = open_table(world(), folder / "t.h5");
    const std::size_t found = table->read_text(0, 0, ends.size()).size();
    world().barrier();
    return found;
  };
  EXPECT_EQ(reading({2, 2, 5}, "abcde"), 3U);
  for (const std::vector<std::int32_t>& ends :
       {std::vector<std::int32_t>{2, 1, 5}, std::vector<std::int32_t>{2, 3, 6},
        std::vector<std::int32_t>{-1, 3, 5}}) {
    expect_error(ExitCode::kBadData, "is damaged: column 'name', row ",
                 [&] { (void)reading(ends, "abcde"); });
    world().barrier();
  }
}

// What the version before this one wrote.
TEST(Table, OfFormat1IsRead) {
  const auto table = open_table(world(), TESSERA_GOLDEN "/table_format1.h5");
  EXPECT_EQ(table->read_text(0, 0, 4), (Strings{"C1", "C2", "C3", "C4"}));
  EXPECT_EQ(table->read_text(1, 0, 4), (Strings{"34", "", "51", "29"}));
  EXPECT_EQ(table->read_text(2, 0, 4), (Strings{"basic", "premium", "basic", ""}));
  EXPECT_EQ(table->read_text(3, 0, 4), (Strings{"likes long walks", "", "x", "said \"hi\""}));
}

}  // namespace
}  // namespace tessera::table
