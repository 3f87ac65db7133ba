// Tables that h5py users have; golden/make_foreign.py made the files.
#include <cmath>
#include <filesystem>
#include <fstream>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "support/write_h5.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::SharedFolder;
using test::world;

std::string golden(const std::string& name) { return std::string(TESSERA_GOLDEN) + "/" + name; }

std::vector<double> numbers(const Table& table, const std::string& column) {
  std::vector<double> values(table.rows());
  table.read_numbers(table.find(column), 0, values);
  return values;
}

void expect_columns(const Table& table) {
  ASSERT_EQ(table.rows(), 7U);
  std::string names;
  for (const Column& column : table.columns()) {
    names += column.name + ":" + to_string(column.type) + " ";
  }
  EXPECT_EQ(names,
            "visits:integer amount:real short:real member:integer big:integer city:category "
            "code:category packed:integer ");
  EXPECT_EQ(numbers(table, "visits"), (std::vector<double>{3, 0, -5, 100, 7, 7, 1}));
  EXPECT_EQ(numbers(table, "member"), (std::vector<double>{1, 0, 1, 1, 0, 0, 1}));
  EXPECT_EQ(numbers(table, "packed"), (std::vector<double>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_TRUE(std::isnan(numbers(table, "amount")[1]));
  EXPECT_EQ(numbers(table, "amount")[3], 1e300);
  EXPECT_EQ(table.read_text(table.find("short"), 0, 4),
            (std::vector<std::string>{"0.1", "0.2", "0.3", ""}));
  EXPECT_EQ(table.read_text(table.find("big"), 6, 1),
            std::vector<std::string>{"9223372036854775807"});
  EXPECT_EQ(table.columns()[5].levels, (std::vector<std::string>{"Basel", "Bern", "Zürich"}));
  std::vector<std::int32_t> codes(7);
  table.read_codes(5, 0, codes);
  EXPECT_EQ(codes, (std::vector<std::int32_t>{2, 1, -1, 0, 1, 1, 2}));
  EXPECT_EQ(table.columns()[6].levels, (std::vector<std::string>{"a", "b", "ccc"}));
}

TEST(ForeignTable, ReadsAGroupOfColumns) {
  expect_columns(*open_table(world(), golden("columns.h5:/shop/customers")));
}

TEST(ForeignTable, FindsTheOnlyGroup) {
  expect_columns(*open_table(world(), golden("columns.h5")));
}

TEST(ForeignTable, ReadsAMatrix) {
  for (const char* path : {"matrix.h5", "matrix.h5:/X"}) {
    const std::unique_ptr<Table> table = open_table(world(), golden(path));
    ASSERT_EQ(table->rows(), 6U);
    ASSERT_EQ(table->columns().size(), 2U);
    EXPECT_EQ(table->columns()[1].name, "c1");
    EXPECT_EQ(table->columns()[1].type, ColumnType::kReal);
    EXPECT_EQ(table->read_text(1, 1, 2), (std::vector<std::string>{"0.3", "0.5"}));
  }
  const std::unique_ptr<Table> integers = open_table(world(), golden("flags_matrix.h5"));
  EXPECT_EQ(integers->columns()[0].type, ColumnType::kInteger);
  EXPECT_EQ(numbers(*integers, "c0"), (std::vector<double>{0, 2, 4}));
}

TEST(ForeignTable, ManyDistinctStringsAreText) {
  const SharedFolder folder;
  const auto write = [&](const std::string& name, std::size_t distinct, std::size_t rows) {
    if (world().is_root()) {
      std::vector<std::string> text(rows);
      for (std::size_t i = 0; i < rows; ++i) {
        text[i] = fmt::format("v{:06}", i % distinct);
      }
      test::write_h5(folder / name,
                     [&](io::H5Creator& creator) { creator.write_text("/ids", text); });
    }
    world().barrier();
  };
  write("few.h5", kMaxLevels, 100000);
  write("many.h5", kMaxLevels + 1, 100000);
  const std::unique_ptr<Table> few = open_table(world(), folder / "few.h5");
  EXPECT_EQ(few->columns()[0].type, ColumnType::kCategory);
  ASSERT_EQ(few->columns()[0].levels.size(), kMaxLevels);
  EXPECT_EQ(few->columns()[0].levels.back(), "v000999");
  std::vector<std::int32_t> codes(99990);  // far more than are read at once, up to the last row
  few->read_codes(0, 10, codes);
  const std::vector<std::string> texts = few->read_text(0, 10, codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    ASSERT_EQ(static_cast<std::size_t>(codes[i]), (i + 10) % kMaxLevels);
    ASSERT_EQ(texts[i], few->columns()[0].levels[(i + 10) % kMaxLevels]);
  }
  EXPECT_EQ(open_table(world(), folder / "many.h5")->columns()[0].type, ColumnType::kText);
}

TEST(ForeignTable, SaysWhatIsWrong) {
  const auto expect = [](ExitCode code, const std::string& path, const std::string& part) {
    expect_error(code, part, [&] { (void)open_table(world(), golden(path)); });
  };
  expect(ExitCode::kNoInput, "none.h5", "does not exist");
  expect(ExitCode::kNoInput, "", "is a folder");
  expect(ExitCode::kBadData, "make_foreign.py", "line 13");
  expect(ExitCode::kBadData, "both.h5", "several tables");
  expect(ExitCode::kBadData, "unequal.h5", "'a' has 4 rows, 'b' has 5");
  expect(ExitCode::kBadData, "empty_group.h5", "holds no table");
  expect(ExitCode::kBadData, "empty_group.h5:/nothing", "no datasets");
  expect(ExitCode::kBadData, "no_rows.h5", "has no rows");
  expect(ExitCode::kBadData, "text_matrix.h5:/names", "holds strings");
  expect(ExitCode::kBadData, "pandas.h5", "to_hdf");
  expect(ExitCode::kBadData, "model.h5", "name it as the model");
  expect(ExitCode::kBadData, "columns.h5:/missing", "no group or dataset /missing");
  expect(ExitCode::kBadData, "columns.h5:/shop/customers/visits", "2-D matrix");
}

TEST(ForeignTable, ReadsFromAReadOnlyFolder) {
  const SharedFolder folder;
  if (world().is_root()) {
    std::filesystem::copy(golden("matrix.h5"), folder / "m.h5");
    std::filesystem::permissions(folder / "m.h5", std::filesystem::perms::owner_read);
    std::filesystem::permissions(
        folder / ".", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  }
  world().barrier();
  EXPECT_EQ(open_table(world(), folder / "m.h5")->rows(), 6U);
  world().barrier();
  if (world().is_root()) {
    std::filesystem::permissions(folder / ".", std::filesystem::perms::owner_all);
  }
}

TEST(ForeignTable, MadeOfNothingIsRefused) {
  expect_error(ExitCode::kBadData, "declares 8,589,934,592 rows, which would be 128 GiB, but holds",
               [] { (void)open_table(world(), golden("nothing_stored.h5")); });
  expect_error(ExitCode::kBadData, "declares 2,097,152 rows",
               [] { (void)open_table(world(), golden("zeros.h5:/X")); });
  ReadOptions trusting;
  trusting.trust_input = true;
  EXPECT_EQ(open_source(world(), golden("zeros.h5:/X"), trusting).table->rows(), 1U << 21U);
}

TEST(ForeignTable, OfTooWideStringsOrTooManyColumnsIsRefused) {
  const SharedFolder folder;
  if (world().is_root()) {
    test::write_h5(folder / "t.h5", [&](io::H5Creator& creator) {
      creator.group("/wide");
      (void)creator.reserve("/wide/text", io::H5Type::kText, 3, kMaxValueBytes + 1);
      creator.write<double>("/matrix", std::vector<double>(kMaxColumns + 1), {1, kMaxColumns + 1});
    });
  }
  world().barrier();
  expect_error(ExitCode::kBadData, "dataset 'text' has strings of 1.00 MiB, more than",
               [&] { (void)open_table(world(), folder / "t.h5:/wide"); });
  expect_error(ExitCode::kBadData, "has 100,001 columns, more than the 100,000",
               [&] { (void)open_table(world(), folder / "t.h5:/matrix"); });
}

}  // namespace
}  // namespace tessera::table
