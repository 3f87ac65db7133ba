// What a file says of its columns, compared with their values.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <functional>
#include <limits>

#include "support/expect_error.hpp"
#include "support/world.hpp"
#include "tessera/pipeline/verify.hpp"
#include "tessera/table/h5/table_writer.hpp"

namespace tessera::pipeline {
namespace {

using table::ColumnType;
using test::expect_error;
using test::world;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<double, 4> kNumbers = {7, kNaN, -3, 5};
using Columns = std::vector<table::PlannedColumn>;

/// A table of four rows whose columns are described as they are, but for what `lie` changes.
void write(const std::string& path, const std::function<void(Columns&)>& lie) {
  Columns columns(4);
  columns[0].column = {"whole", ColumnType::kInteger, {}};
  columns[1].column = {"real", ColumnType::kReal, {}};
  columns[2].column = {"level", ColumnType::kCategory, {"a", "b"}};
  columns[3].column = {"text", ColumnType::kText, {}};
  for (table::PlannedColumn& column : columns) {
    column.counted = true;
    column.summary = {.missing = 1, .distinct = 3, .minimum = {}, .maximum = {}};
    column.text_width = 2;
    if (column.column.is_number()) {
      column.summary.minimum = -3;
      column.summary.maximum = 7;
    }
  }
  columns[2].summary.distinct = 2;
  columns[1].single_precision = true;
  columns[1].summary.minimum = -3.1;  // not the double that is nearest to the float
  lie(columns);
  table::TableWriter writer(world(), path, kNumbers.size(), columns, {});
  if (world().is_root()) {
    std::array<double, 4> reals = kNumbers;
    reals[2] = -3.1;
    writer.write_numbers(0, 0, kNumbers);
    writer.write_numbers(1, 0, reals);
    writer.write_codes(2, 0, std::array{0, -1, 1, 1});
    writer.write_text(3, 0, std::vector<std::string>{"x", "yy", "", "z"});
  }
  writer.commit();
}

void verify(const std::string& path) {
  Observer nobody;
  read_all_values(world(), *table::open_table(world(), path), nobody);
}

TEST(Verify, FindsWhatTheFileSaysTrue) {
  const test::SharedFolder folder;
  write(folder / "t.h5", [](Columns&) {});
  EXPECT_NO_THROW(verify(folder / "t.h5"));
  write(folder / "t.h5", [](Columns& columns) { columns[0].counted = false; });
  EXPECT_NO_THROW(verify(folder / "t.h5"));
}

TEST(Verify, FindsWhatIsNotSo) {
  const test::SharedFolder folder;
  const auto finds = [&](const std::string& part, std::size_t column, const auto& lie) {
    write(folder / "t.h5", [&](Columns& columns) { lie(columns[column].summary); });
    // it could be true, until the values are read
    EXPECT_NO_THROW((void)table::open_table(world(), folder / "t.h5")) << part;
    expect_error(ExitCode::kBadData, part, [&] { verify(folder / "t.h5"); });
    world().barrier();
  };
  using Summary = table::ColumnSummary;
  finds("/table/whole@missing is 0, but 1 are", 0, [](Summary& said) { said.missing = 0; });
  finds("/table/whole@minimum is -2, but", 0, [](Summary& said) { said.minimum = -2; });
  finds("/table/real@maximum is 8, but that of the values 7", 1,
        [](Summary& said) { said.maximum = 8; });
  finds("/table/level@missing", 2, [](Summary& said) { said.missing = 2; });
  finds("/table/text@missing", 3, [](Summary& said) { said.missing = 0; });
  finds("/table/real@missing", 1,
        [](Summary& said) { said = {.missing = 4, .distinct = 0, .minimum = {}, .maximum = {}}; });
}

}  // namespace
}  // namespace tessera::pipeline
