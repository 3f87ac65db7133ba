// Parquet files, which DuckDB makes.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "io/parquet/libduckdb.hpp"
#include "support/expect_error.hpp"
#include "support/shown_table.hpp"
#include "support/world.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/parquet.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::SharedFolder;
using test::shown;
using test::world;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Lets DuckDB run a command on the root.
void sql(const std::string& command) {
  if (world().is_root()) {
    const io::Duckdb& duckdb = io::duckdb("test");
    void* database = nullptr;
    void* connection = nullptr;
    io::DuckdbResult result{};
    ASSERT_EQ(duckdb.duckdb_open(nullptr, &database), 0);
    ASSERT_EQ(duckdb.duckdb_connect(database, &connection), 0);
    ASSERT_EQ(duckdb.duckdb_query(connection, command.c_str(), &result), 0)
        << duckdb.duckdb_result_error(&result);
    duckdb.duckdb_destroy_result(&result);
    duckdb.duckdb_disconnect(&connection);
    duckdb.duckdb_close(&database);
  }
  world().barrier();
}

std::string write(const SharedFolder& folder, const std::string& name, const std::string& select,
                  const std::string& options = "FORMAT parquet") {
  std::string path = folder / name;
  sql(fmt::format("COPY ({}) TO '{}' ({})", select, path, options));
  return path;
}

/// Each test is skipped without DuckDB's library.
class Parquet : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(TESSERA_DUCKDB_LIBRARY)) {
      GTEST_SKIP() << "needs DuckDB's library, which npm brings";
    }
    setenv("TESSERA_DUCKDB", TESSERA_DUCKDB_LIBRARY, 1);
  }
};

// Before it is loaded by another test.
TEST(ParquetWithoutTheLibrary, SaysWhatToDo) {
  const SharedFolder folder;
  const std::string path = folder / "customers";
  if (world().is_root()) {
    std::ofstream(path, std::ios::binary) << "PAR1 and more";
  }
  world().barrier();
  setenv("TESSERA_DUCKDB", "/none/libduckdb.so", 1);
  expect_error(ExitCode::kUnfit,
               "customers is Parquet, which DuckDB's C library reads, and /none/libduckdb.so "
               "cannot be loaded",
               [&] { (void)open_table(world(), path); });
  expect_error(ExitCode::kUnfit, "convert the file: duckdb -c \"COPY (FROM '",
               [&] { (void)open_table(world(), path); });
}

TEST_F(Parquet, ValuesOfAllKinds) {
  const SharedFolder folder;
  const std::string path = write(
      folder, "kinds.parquet",
      "SELECT * FROM (VALUES "
      "(1::TINYINT, 9007199254740993::BIGINT, 0.1::FLOAT, 1e300::DOUBLE, 12.50::DECIMAL(10,2), "
      "true, DATE '2024-01-31', TIMESTAMP '2024-01-31 09:05:00.25', "
      "TIMESTAMPTZ '2024-01-31 09:05:00+02', '007', 'Z\xC3\xBCrich, \"x\"', 'a'::BLOB, "
      "TIME '10:00:00', [1, 2], {'a': 1}), "
      "(-2, -1, 'nan', 'nan', NULL, false, NULL, NULL, NULL, '', NULL, NULL, NULL, NULL, NULL)) "
      "t(tiny, big, single, real, \"de.c\", truth, day, moment, zoned, code, city, raw, clock, "
      "list, parts)");
  const OpenedTable opened = open_source(world(), path);
  EXPECT_EQ(shown(*opened.table),
            "tiny:integer 1 -2; big:integer 9007199254740993 -1; "
            "single:real 0.10000000149011612 -; real:real 1e+300 -; de.c:real 12.5 -; "
            "truth:text true false; day:date 2024-01-31 -; "
            "moment:date 2024-01-31T09:05:00 -; zoned:date 2024-01-31T07:05:00 -; "
            "code:text 007 -; city:text Z\xC3\xBCrich, \"x\" -; raw:text a -; "
            "clock:text 10:00:00 -");
  EXPECT_THAT(opened.report->notes,
              ::testing::IsSupersetOf({"column 'list' was left out: it holds INTEGER[]",
                                       "column 'parts' was left out: it holds STRUCT(a INTEGER)"}));
}

// Several row groups and more rows than are read at once, with the same rows on any ranks.
TEST_F(Parquet, RowsInTheirOrder) {
  const SharedFolder folder;
  constexpr std::uint64_t kRows = 120'000;
  const std::string path =
      write(folder, "many.parquet",
            fmt::format("SELECT i AS number, 'customer ' || i AS word FROM range({}) t(i)", kRows),
            "FORMAT parquet, ROW_GROUP_SIZE 20480");
  const auto table = open_table(world(), path);
  ASSERT_EQ(table->rows(), kRows);
  const comm::Share share = comm::share_of(kRows, world().rank(), world().size());
  std::vector<double> numbers(share.count);
  table->read_numbers(0, share.first, numbers);
  const auto words = table->read_text(1, share.first, share.count);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    ASSERT_EQ(numbers[i], static_cast<double>(share.first + i));
    ASSERT_EQ(words[i], fmt::format("customer {}", share.first + i));
  }
}

TEST_F(Parquet, OneColumnWithNothing) {
  const SharedFolder folder;
  const std::string path =
      write(folder, "one.parquet", "SELECT * FROM (VALUES (1), (NULL), (3)) t(a)");
  EXPECT_EQ(shown(*open_table(world(), path)), "a:integer 1 - 3");
}

TEST_F(Parquet, SeveralFilesAreOneTable) {
  const SharedFolder folder;
  write(folder, "p-1.parquet", "SELECT 1 AS a, 'x' AS b");
  write(folder, "p-2.parquet", "SELECT i AS a, 'y' AS b FROM range(2, 4) t(i)",
        "FORMAT parquet, CODEC 'zstd'");
  write(folder, "other.parquet", "SELECT 1 AS a, 2 AS b");
  write(folder, "p-[2].parquet", "SELECT 7 AS a, 'z' AS b");
  expect_error(ExitCode::kBadData, "differ in their columns", [&] {
    (void)open_table(world(), folder / "p-1.parquet," + (folder / "other.parquet"));
  });
  EXPECT_EQ(shown(*open_table(world(), folder / "p-[2].parquet")), "a:integer 7; b:text z");
  write(folder, "p-2.parquet", "SELECT i::INTEGER AS a, 'y' AS b FROM range(2, 4) t(i)");
  EXPECT_EQ(shown(*open_table(world(), folder / "p-?.parquet")),
            "a:integer 1 2 3; b:category x y y");
}

TEST_F(Parquet, SaysWhatIsWrong) {
  const SharedFolder folder;
  const std::string none = write(folder, "none.parquet", "SELECT 1 AS a WHERE false");
  expect_error(ExitCode::kBadData, "none.parquet has no rows",
               [&] { (void)open_table(world(), none); });
  const std::string lists = write(folder, "lists.parquet", "SELECT [1] AS a");
  expect_error(ExitCode::kBadData, "has no columns of single values",
               [&] { (void)open_table(world(), lists); });
  if (world().is_root()) {
    std::ofstream(folder / "text.parquet") << "a,b\n1,2\n";
    std::ofstream(folder / "empty.parquet");
  }
  world().barrier();
  for (const char* const name : {"text.parquet", "empty.parquet"}) {
    expect_error(ExitCode::kBadData, fmt::format("{} cannot be read as Parquet: ", name),
                 [&] { (void)open_table(world(), folder / name); });
  }
  expect_error(ExitCode::kNoInput, "does not exist",
               [&] { (void)open_table(world(), folder / "missing.parquet"); });
  ReadOptions options;
  options.delimiter = ";";
  expect_error(ExitCode::kUsage, "is Parquet, which is not read as text",
               [&] { (void)open_source(world(), none, options); });
}

// Cut anywhere, and changed here and there: an error, or a table, but no crash.
TEST_F(Parquet, Damaged) {
  const SharedFolder folder;
  const std::string path =
      write(folder, "d.parquet", "SELECT i AS a, 'word ' || (i % 9) AS b FROM range(500) t(i)");
  std::ifstream from(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(from), {}};
  const auto open_changed = [&](const std::string& content) {
    world().barrier();
    if (world().is_root()) {
      std::ofstream(path, std::ios::binary) << content;
    }
    world().barrier();
    try {
      (void)open_table(world(), path);
      return false;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadData) << error.what();
      return true;
    }
  };
  for (std::size_t size = 1; size < bytes.size(); size += bytes.size() / 4) {
    EXPECT_TRUE(open_changed(bytes.substr(0, size))) << size;
  }
  for (std::size_t at = 5; at < bytes.size(); at += bytes.size() / 5) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 0x5A);
    (void)open_changed(changed);
  }
}

}  // namespace
}  // namespace tessera::table
