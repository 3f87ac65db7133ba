// Dates in files of Tessera's own.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "support/expect_error.hpp"
#include "table/text/ingest_support.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/table/h5/table_writer.hpp"

namespace tessera::table {
namespace {

using test::expect_error;
using ::testing::ElementsAre;

/// A table of one column of dates in the folder, written by the root.
std::string write_dates(const test::SharedFolder& folder, const std::vector<std::int64_t>& seconds,
                        ColumnSummary summary) {
  std::string path = folder / "dates.h5";
  PlannedColumn plan;
  plan.column = {.name = "joined", .type = ColumnType::kDate, .levels = {}, .has_time = false};
  plan.summary = summary;
  plan.counted = true;
  TableWriter writer(test::world(), path, seconds.size(), {plan}, {});
  if (test::world().is_root()) {
    writer.write_integers(0, 0, seconds);
  }
  writer.flush();
  writer.commit();
  return path;
}

TEST(DatesInFiles, AreReadBack) {
  const test::SharedFolder folder;
  const std::string path =
      write_dates(folder, {0, TableWriter::kMissingInteger, -86400},
                  {.missing = 1, .distinct = 2, .minimum = -86400.0, .maximum = 0.0});
  const auto table = open_table(test::world(), path);
  EXPECT_TRUE(table->columns()[0].is_date());
  EXPECT_THAT(table->read_text(0, 0, 3), ElementsAre("1970-01-01", "", "1969-12-31"));
  std::vector<double> numbers(3);
  table->read_numbers(0, 0, numbers);
  EXPECT_EQ(numbers[2], -86400.0);
}

TEST(DatesInFiles, AreOfTheYearsThatThereAre) {
  const test::SharedFolder folder;
  const std::string path =
      write_dates(folder, {0, kLastDate + 1},
                  {.missing = 0, .distinct = 2, .minimum = 0.0, .maximum = 86400.0});
  const auto table = open_table(test::world(), path);
  expect_error(ExitCode::kBadData, "column 'joined', row 2: 253402300800 seconds",
               [&] { (void)table->read_text(0, 0, 2); });
  std::vector<double> numbers(2);
  expect_error(ExitCode::kBadData, "row 2", [&] { table->read_numbers(0, 0, numbers); });
}

TEST(DatesInFiles, ClaimNoOtherYears) {
  const test::SharedFolder folder;
  const std::string path = write_dates(
      folder, {0, 1},
      {.missing = 0, .distinct = 2, .minimum = 0.0, .maximum = static_cast<double>(kLastDate) + 1});
  expect_error(ExitCode::kBadData, "joined@maximum is 253402300800, which no date is",
               [&] { (void)open_table(test::world(), path); });
}

}  // namespace
}  // namespace tessera::table
