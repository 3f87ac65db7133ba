// Dates that stand as text, on several ranks.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "rfm/date_column.hpp"
#include "support/expect_error.hpp"
#include "support/memory_table.hpp"
#include "support/world.hpp"

namespace tessera {
namespace {

using rfm::DateColumn;
using test::expect_error;
using test::world;

std::vector<std::string> dates_of(const std::vector<std::string>& cells,
                                  const std::string& format = {}) {
  test::MemoryTable table(cells.size());
  table.add_text("date", cells);
  const DateColumn dates(world(), table, "date", format);
  std::vector<std::int64_t> seconds;
  dates.read(0, cells.size(), seconds);
  std::vector<std::string> texts;
  for (const std::int64_t second : seconds) {
    texts.push_back(second == DateColumn::kNone ? "" : date_text(second));
  }
  return texts;
}

using Texts = std::vector<std::string>;

TEST(RfmDates, OneWayOfWritingFitsAll) {
  EXPECT_EQ(dates_of({"2024-01-31", "", "2024-02-01 12:30"}),
            (Texts{"2024-01-31", "", "2024-02-01T12:30:00"}));
  EXPECT_EQ(dates_of({"01/02/2024", "03/02/2024", "31/12/2023"}),
            (Texts{"2024-02-01", "2024-02-03", "2023-12-31"}));
  EXPECT_EQ(dates_of({"01/02/2024", "03/02/2024", "12/31/2023"}),
            (Texts{"2024-01-02", "2024-03-02", "2023-12-31"}));
  EXPECT_EQ(dates_of({"01.02.2024"}), (Texts{"2024-02-01"}));
  EXPECT_EQ(dates_of({"05/05/2024"}), (Texts{"2024-05-05"})) << "both readings agree";
  EXPECT_EQ(dates_of({"19970101", "19971231"}), (Texts{"1997-01-01", "1997-12-31"}));
}

// The usual form has a way of its own, which must be as strict, and right on every day.
TEST(RfmDates, DatesWithSecondsAreThoseOfTheCalendar) {
  std::vector<std::string> cells;
  for (std::int64_t second = -4'000'000'000; second < 9'000'000'000; second += 34'567'891) {
    cells.push_back(date_text(second, true));
    cells.push_back(date_text(second, true));
    cells.back()[10] = ' ';
  }
  const std::vector<std::string> read = dates_of(cells);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    ASSERT_EQ(read[i], date_text(*parse_date(cells[i], DateStyle::kYearFirst))) << cells[i];
    ASSERT_EQ(read[i], date_text(*parse_date(cells[i] + "Z", DateStyle::kYearFirst)))
        << "the general way, which takes zones too";
  }
  for (const std::string wrong :
       {"2024-02-30 00:00:00", "2024-02-01 24:00:00", "2024-02-01 00:60:00", "2024-02-01 00:00:60",
        "2024-13-01 00:00:00", "2024-02-01x00:00:00", "0024-02-01 00:00:00",
        "2024-02-01 00:00:0a"}) {
    expect_error(ExitCode::kBadData, "is no date", [&] {
      (void)dates_of({"2024-02-01 00:00:00", wrong});
    });
  }
}

TEST(RfmDates, NumbersAreDatesAsWell) {
  test::MemoryTable table(2);
  table.add_numbers("date", {19970101, test::MemoryTable::kMissing});
  const DateColumn dates(world(), table, "date", "");
  std::vector<std::int64_t> seconds;
  dates.read(0, 2, seconds);
  EXPECT_EQ(date_text(seconds[0]), "1997-01-01");
  EXPECT_EQ(seconds[1], DateColumn::kNone);
}

TEST(RfmDates, TheFormatMayBeStated) {
  EXPECT_EQ(dates_of({"01/02/2024"}, "d/m/Y"), (Texts{"2024-02-01"}));
  EXPECT_EQ(dates_of({"86400"}, "unix"), (Texts{"1970-01-02"}));
  expect_error(ExitCode::kBadData, "row 2, column 'date': 'soon' is no date", [] {
    (void)dates_of({"01/02/2024", "soon"}, "d/m/Y");
  });
}

TEST(RfmDates, TwoReadingsAreShown) {
  expect_error(ExitCode::kBadData,
               "'01/02/2024' is 2024-02-01 as d/m/Y and 2024-01-02 as m/d/Y; state which", [] {
                 (void)dates_of({"05/05/2024", "01/02/2024", "03/04/2024"});
               });
}

TEST(RfmDates, WhatIsNoDateIsNamed) {
  expect_error(ExitCode::kBadData, "row 3, column 'date': 'never' is no date", [] {
    (void)dates_of({"2024-01-31", "2024-01-31", "never"});
  });
  // on one rank or on two, nobody knows which of them is wrong
  expect_error(ExitCode::kBadData, "date", [] { (void)dates_of({"31/01/2024", "01/31/2024"}); });
}

}  // namespace
}  // namespace tessera
