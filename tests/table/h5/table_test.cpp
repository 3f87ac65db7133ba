#include "tessera/table/table.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "support/write_h5.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/io/h5_output.hpp"
#include "tessera/table/h5/table_writer.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using test::SharedFolder;
using test::world;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

PlannedColumn planned(const std::string& name, ColumnType type) {
  PlannedColumn plan;
  plan.column.name = name;
  plan.column.type = type;
  return plan;
}

PlannedColumn integers(const std::string& name, double minimum, double maximum) {
  PlannedColumn plan = planned(name, ColumnType::kInteger);
  plan.summary.minimum = minimum;
  plan.summary.maximum = maximum;
  return plan;
}

std::vector<PlannedColumn> plan(std::uint64_t rows) {
  PlannedColumn category = planned("city", ColumnType::kCategory);
  category.column.levels = {"Bern", "Zürich"};
  category.counted = true;
  const std::uint64_t missing = (rows + 2) / 3;
  category.summary = {.missing = missing,
                      .distinct = std::min<std::uint64_t>(2, rows - missing),
                      .minimum = {},
                      .maximum = {}};
  PlannedColumn text = planned("name/of %", ColumnType::kText);
  text.text_width = 6;
  PlannedColumn single = planned("single", ColumnType::kReal);
  single.single_precision = true;
  return {integers("visits", 0, 100),  planned("amount", ColumnType::kReal), category, text, single,
          integers("big", -9e18, 9e18)};
}

std::int64_t big(std::uint64_t row) {
  return row % 3 == 0 ? TableWriter::kMissingInteger
                      : (std::int64_t{1} << 62) + static_cast<std::int64_t>(row);
}

// Every rank writes its share of a table in which a row's values follow from its number.
void write_example(const std::string& path, std::uint64_t rows) {
  TableWriter writer(world(), path, rows, plan(rows), {{"source", "a test"}});
  const comm::Share share = comm::share_of(rows, world().rank(), world().size());
  for (std::uint64_t row = share.first; row < share.first + share.count; ++row) {
    const double number = row % 4 == 0 ? kNaN : static_cast<double>(row % 100);
    const auto code = static_cast<std::int32_t>(row % 3) - 1;
    const std::string text = row % 5 == 0 ? "" : fmt::format("n{}", row);
    const std::int64_t integer = big(row);
    writer.write_numbers(0, row, std::span(&number, 1));
    const double real = number / 3;
    writer.write_numbers(1, row, std::span(&real, 1));
    writer.write_codes(2, row, std::span(&code, 1));
    writer.write_text(3, row, std::span(&text, 1));
    const double tenth = 0.1;
    writer.write_numbers(4, row, std::span(&tenth, 1));
    writer.write_integers(5, row, std::span(&integer, 1));
  }
  writer.commit();
}

class TableRows : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(TableRows, ComeBackAsWritten) {
  const std::uint64_t rows = GetParam();
  const SharedFolder folder;
  write_example(folder / "t.h5", rows);
  const std::unique_ptr<Table> table = open_table(world(), folder / "t.h5");
  EXPECT_EQ(table->name(), folder / "t.h5");
  ASSERT_EQ(table->rows(), rows);
  ASSERT_EQ(table->columns().size(), 6U);
  EXPECT_EQ(table->columns()[3].name, "name/of %");
  EXPECT_EQ(table->columns()[2].levels, (std::vector<std::string>{"Bern", "Zürich"}));
  EXPECT_EQ(table->find("amount"), 1U);

  std::vector<double> visits(rows);
  std::vector<double> amount(rows);
  std::vector<std::int32_t> codes(rows);
  table->read_numbers(0, 0, visits);
  table->read_numbers(1, 0, amount);
  table->read_codes(2, 0, codes);
  const std::vector<std::string> names = table->read_text(3, 0, rows);
  const std::vector<std::string> cities = table->read_text(2, 0, rows);
  const std::vector<std::string> singles = table->read_text(4, 0, rows);
  const std::vector<std::string> bigs = table->read_text(5, 0, rows);
  for (std::uint64_t row = 0; row < rows; ++row) {
    if (row % 4 == 0) {
      EXPECT_TRUE(std::isnan(visits[row]));
      EXPECT_TRUE(std::isnan(amount[row]));
    } else {
      EXPECT_EQ(visits[row], static_cast<double>(row % 100));
      EXPECT_EQ(amount[row], static_cast<double>(row % 100) / 3);
    }
    EXPECT_EQ(codes[row], static_cast<std::int32_t>(row % 3) - 1);
    EXPECT_EQ(cities[row], (std::array<std::string, 3>{"", "Bern", "Zürich"}[row % 3]));
    EXPECT_EQ(names[row], row % 5 == 0 ? "" : fmt::format("n{}", row));
    EXPECT_EQ(singles[row], "0.1");
    EXPECT_EQ(bigs[row], row % 3 == 0 ? "" : fmt::format("{}", big(row)));
  }
  std::vector<double> last(1);
  table->read_numbers(0, rows - 1, last);
  EXPECT_TRUE(last[0] == visits.back() || (std::isnan(last[0]) && std::isnan(visits.back())));
}

INSTANTIATE_TEST_SUITE_P(Sizes, TableRows, ::testing::Values(1, 2, 7, 1000));

TEST(TableWriter, StoresIntegersInTheNarrowestType) {
  const SharedFolder folder;
  const std::vector<PlannedColumn> columns{
      integers("a", -127, 127), integers("b", -128, 0), integers("c", 0, 128),
      integers("d", 0, 40000),  integers("e", 0, 3e9),  planned("f", ColumnType::kInteger)};
  TableWriter(world(), folder / "t.h5", 3, columns, {}).commit();
  const io::H5File file(folder / "t.h5");
  std::vector<std::size_t> bytes;
  for (const io::H5Dataset& dataset : file.datasets("/table")) {
    bytes.push_back(dataset.element_bytes);
  }
  EXPECT_EQ(bytes, (std::vector<std::size_t>{1, 2, 2, 4, 8, 1}));
}

TEST(TableWriter, KeepsSummariesAndNotes) {
  const SharedFolder folder;
  write_example(folder / "t.h5", 5);
  const io::H5File file(folder / "t.h5");
  EXPECT_EQ(file.text_attribute("/", "tessera_format"), "table");
  EXPECT_EQ(file.text_attribute("/table", "source"), "a test");
  EXPECT_EQ(file.text_attribute("/table/name%2Fof %25", "name"), "name/of %");
  EXPECT_EQ(file.text_attribute("/table/city", "type"), "category");
  EXPECT_EQ(file.integer_attribute("/table/city", "missing"), 2);
  EXPECT_EQ(file.integer_attribute("/table/city", "distinct"), 2);
  EXPECT_FALSE(file.has_attribute("/table/visits", "maximum"));  // it was not counted
}

TEST(TableWriter, RefusesValuesBeyondThePlan) {
  const SharedFolder folder;
  TableWriter writer(world(), folder / "t.h5", 3, plan(3), {});
  const double high = 128;
  const double half = 0.5;
  const std::int32_t code = 2;
  const std::string text = "longer than six";
  const double none = kNaN;
  expect_error(ExitCode::kInternal, "128",
               [&] { writer.write_numbers(0, 0, std::span(&high, 1)); });
  expect_error(ExitCode::kInternal, "0.5",
               [&] { writer.write_numbers(0, 0, std::span(&half, 1)); });
  expect_error(ExitCode::kInternal, "city", [&] { writer.write_codes(2, 0, std::span(&code, 1)); });
  expect_error(ExitCode::kInternal, "bytes", [&] { writer.write_text(3, 0, std::span(&text, 1)); });
  expect_error(ExitCode::kInternal, "rows",
               [&] { writer.write_numbers(0, 3, std::span(&none, 1)); });
}

TEST(Table, NamesTheNearestColumnFirst) {
  const SharedFolder folder;
  write_example(folder / "t.h5", 5);
  const std::unique_ptr<Table> table = open_table(world(), folder / "t.h5");
  expect_error(ExitCode::kBadData, "no column 'Ammount'; it has amount",
               [&] { (void)table->find("Ammount"); });
}

// As a group of another program's the smallest integer would be a value.
TEST(Table, IsOneByWhateverPathItIsNamed) {
  const SharedFolder folder;
  write_example(folder / "t.h5", 5);
  for (const char* const object : {":/table", "://table", ":/./table"}) {
    const std::unique_ptr<Table> table = open_table(world(), folder / "t.h5" + object);
    std::vector<double> visits(1);
    table->read_numbers(0, 4, visits);
    EXPECT_TRUE(std::isnan(visits[0])) << object;
  }
}

TEST(Table, NoticesADamagedCode) {
  const SharedFolder folder;
  if (world().is_root()) {
    test::write_h5(folder / "t.h5", [](io::H5Creator& creator) {
      creator.attribute("/", "tessera_format", std::string("table"));
      creator.attribute("/", "tessera_format_version", std::int64_t{1});
      creator.group("/table");
      creator.group("/levels");
      creator.write<std::int32_t>("/table/city", std::vector<std::int32_t>{0, 1, 2});
      creator.attribute("/table/city", "type", std::string("category"));
      creator.write_text("/levels/city", std::vector<std::string>{"a", "b"});
    });
  }
  world().barrier();
  const std::unique_ptr<Table> table = open_table(world(), folder / "t.h5");
  std::vector<std::int32_t> codes(2);
  table->read_codes(0, 0, codes);
  EXPECT_EQ(codes[1], 1);
  expect_error(ExitCode::kBadData, "row 3", [&] { table->read_codes(0, 1, codes); });
}

TEST(Table, NoticesThatItsChecksumsAreGone) {
  const SharedFolder folder;
  write_example(folder / "t.h5", 5);
  world().barrier();
  if (world().is_root()) {
    std::fstream file(folder / "t.h5", std::ios::in | std::ios::out | std::ios::binary);
    file.put('t');  // for the T of "Tessera sealed"
  }
  world().barrier();
  expect_error(ExitCode::kBadData, "its checksums are missing",
               [&] { (void)open_table(world(), folder / "t.h5"); });
}

// What a file may claim that no program of ours wrote.
TEST(Table, RefusesClaimsThatCannotBeTrue) {
  const SharedFolder folder;
  const auto refuses = [&](const std::string& part, std::int64_t rows, std::int64_t columns,
                           const std::vector<std::string>& datasets,
                           const std::vector<std::string>& names,
                           const std::vector<std::string>& levels) {
    {
      io::H5Output out(world(), folder / "t.h5");
      out.lay_out([&](io::H5Creator& creator) {
        creator.attribute("/", "tessera_format", std::string("table"));
        creator.attribute("/", "tessera_format_version", std::int64_t{2});
        creator.attribute("/", "rows", rows);
        creator.attribute("/", "columns", columns);
        creator.group("/table");
        creator.group("/levels");
        for (std::size_t c = 0; c < names.size(); ++c) {
          const std::string dataset = fmt::format("/table/{}", datasets[c]);
          creator.write<std::int32_t>(dataset, std::vector<std::int32_t>{0, 1});
          creator.attribute(dataset, "name", names[c]);
          creator.attribute(dataset, "type", std::string("category"));
          creator.write_text(fmt::format("/levels/{}", datasets[c]), levels);
        }
      });
      out.commit();
    }
    world().barrier();
    expect_error(ExitCode::kBadData, part, [&] { (void)open_table(world(), folder / "t.h5"); });
    world().barrier();
  };
  const std::vector<std::string> one = {"a"};
  refuses("it has 2 rows, but says 3", 3, 1, one, one, {"x", "y"});
  refuses("it has 1 columns, but says 2", 2, 2, one, one, {"x", "y"});
  refuses("/table/b@name is 'a', which is stored elsewhere", 2, 2, {"a", "b"}, {"a", "a"},
          {"x", "y"});
  refuses("the levels of column 'a' are not", 2, 1, one, one, {"y", "x"});
  refuses("the levels of column 'a' are not", 2, 1, one, one, {"x", "x"});
  refuses("the levels of column 'a' are not", 2, 1, one, one, {"", "x"});
}

}  // namespace
}  // namespace tessera::table
