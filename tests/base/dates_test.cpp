#include "tessera/base/dates.hpp"

#include <gtest/gtest.h>

#include "tessera/base/error.hpp"

namespace tessera {
namespace {

constexpr std::int64_t kMarch = 1614729600;  // 2021-03-03T00:00:00Z, as of date -u +%s

DateStyles all_of(std::initializer_list<DateStyle> styles) {
  DateStyles all = 0;
  for (const DateStyle style : styles) {
    all |= only(style);
  }
  return all;
}

TEST(Calendar, CountsDaysFrom1970) {
  EXPECT_EQ(days_of({1970, 1, 1}), 0);
  EXPECT_EQ(days_of({2000, 3, 1}), 11017);
  EXPECT_EQ(days_of({1969, 12, 31}), -1);
  EXPECT_EQ(days_of({1000, 1, 1}), kFirstDate / kSecondsPerDay);
  EXPECT_EQ(days_of({9999, 12, 31}), kLastDate / kSecondsPerDay);
  for (const CivilDay& none :
       {CivilDay{2023, 2, 29}, CivilDay{1900, 2, 29}, CivilDay{2024, 4, 31}, CivilDay{2024, 13, 1},
        CivilDay{2024, 0, 1}, CivilDay{2024, 1, 0}, CivilDay{999, 1, 1}, CivilDay{10000, 1, 1}}) {
    EXPECT_FALSE(days_of(none));
  }
  EXPECT_TRUE(days_of({2000, 2, 29}));
}

TEST(Calendar, KnowsTheDayOfASecond) {
  EXPECT_EQ(civil_day(0), (CivilDay{1970, 1, 1}));
  EXPECT_EQ(civil_day(-1), (CivilDay{1969, 12, 31}));
  EXPECT_EQ(civil_day(kFirstDate), (CivilDay{1000, 1, 1}));
  EXPECT_EQ(civil_day(kLastDate), (CivilDay{9999, 12, 31}));
  for (std::int64_t day = -400'000; day < 2'000'000; day += 7) {
    EXPECT_EQ(days_of(civil_day(day * kSecondsPerDay + 12345)),
              day * kSecondsPerDay >= kFirstDate ? std::optional(day) : std::nullopt);
  }
  EXPECT_EQ(weekday_of(0), 3U);  // a Thursday
  EXPECT_EQ(weekday_of(-1), 2U);
  EXPECT_EQ(weekday_of(kMarch), 2U);  // a Wednesday
}

TEST(Styles, OfACellAreAllThatFit) {
  using enum DateStyle;
  EXPECT_EQ(styles_of("2021-03-04"), only(kYearFirst));
  EXPECT_EQ(styles_of("2021/3/4"), only(kYearFirstSlash));
  EXPECT_EQ(styles_of("03/04/2021"), all_of({kDayFirstSlash, kMonthFirstSlash}));
  EXPECT_EQ(styles_of("25/12/2020"), only(kDayFirstSlash));
  EXPECT_EQ(styles_of("12/25/2020 1:02 pm"), only(kMonthFirstSlash));
  EXPECT_EQ(styles_of("3-4-2021"), all_of({kDayFirstDash, kMonthFirstDash}));
  EXPECT_EQ(styles_of("3.4.2021"), only(kDayFirstDot));
  EXPECT_EQ(styles_of("12.25.2021"), 0U);
  EXPECT_EQ(styles_of("20210304"), 0U);
  EXPECT_EQ(styles_of("20210304", only(kPacked)), only(kPacked));
  EXPECT_EQ(styles_of("1614729600", only(kPacked) | only(kUnix)), only(kUnix));
  for (const char* none : {"",
                           "2021",
                           "1.5",
                           "31.02.2021",
                           "29/02/2023",
                           "03/04/21",
                           "2021-03/04",
                           "2021-03-04x",
                           "2021-03-04 25:00",
                           "2021-03-04 24:00",
                           "2021-03-04 12:60",
                           "2021-03-04 13:00 pm",
                           "0999-01-01",
                           "12021-03-04",
                           "003/04/2021",
                           "2021-03-04 ",
                           "2021-03-04T",
                           "-2021-03-04",
                           "10.0.0.1",
                           "1-800-5551",
                           "2021-03-04 12:00 CET",
                           "2021-03-04 12:00+15:00"}) {
    EXPECT_EQ(styles_of(none), 0U) << none;
  }
}

TEST(Dates, HaveTimesAndZones) {
  const auto iso = [](std::string_view cell) { return parse_date(cell, DateStyle::kYearFirst); };
  EXPECT_EQ(iso("2021-03-03"), kMarch);
  EXPECT_EQ(iso("2021-03-03 13:05"), kMarch + 47100);
  EXPECT_EQ(iso("2021-03-03T13:05:09"), kMarch + 47109);
  EXPECT_EQ(iso("2021-03-03T13:05:09.999Z"), kMarch + 47109);
  EXPECT_EQ(iso("2021-03-03T00:30:00+02:00"), kMarch - 5400);
  EXPECT_EQ(iso("2021-03-03 00:30 -0530"), kMarch + 1800 + 19800);
  EXPECT_EQ(iso("2021-03-03, 12:00 AM"), kMarch);
  EXPECT_EQ(iso("2021-03-03 12:00 p.m."), kMarch + 43200);
  EXPECT_EQ(iso("2021-03-03 9:05 UTC"), kMarch + 32700);
  EXPECT_EQ(parse_date("03/03/2021 1:00", DateStyle::kDayFirstSlash), kMarch + 3600);
  EXPECT_EQ(parse_date("20210303", DateStyle::kPacked), kMarch);
  EXPECT_EQ(parse_date("1614729600", DateStyle::kUnix), kMarch);
  EXPECT_EQ(parse_date("1614729600999", DateStyle::kUnixMilliseconds), kMarch);
  EXPECT_EQ(parse_date("-1", DateStyle::kUnixMilliseconds), -1);
  EXPECT_EQ(parse_date("1614729600999", DateStyle::kUnix), std::nullopt);
  EXPECT_EQ(parse_date("1.5", DateStyle::kUnix), std::nullopt);
  EXPECT_EQ(parse_date("9999-12-31T23:59:59-01:00", DateStyle::kYearFirst), std::nullopt);
}

TEST(StatedFormats, AreNamesInAnySpelling) {
  EXPECT_EQ(DateFormat::stated("d/m/Y").name(), "d/m/Y");
  EXPECT_EQ(DateFormat::stated("dd/mm/yyyy").name(), "d/m/Y");
  EXPECT_EQ(DateFormat::stated("DD/MM/YYYY").name(), "d/m/Y");
  EXPECT_EQ(DateFormat::stated("mm-dd-yyyy").name(), "m-d-Y");
  EXPECT_EQ(DateFormat::stated("d.m.Y H:M").name(), "d.m.Y");
  EXPECT_EQ(DateFormat::stated("yyyy-mm-dd HH:MM:SS").name(), "Y-m-d");
  EXPECT_EQ(DateFormat::stated("iso").name(), "Y-m-d");
  EXPECT_EQ(DateFormat::stated("yyyymmdd").name(), "Ymd");
  EXPECT_EQ(DateFormat::stated("unix-ms").name(), "unix-ms");
  for (const char* none :
       {"", "d/m", "dd/mm/yy", "%d/%m/%y", "%D", "%Y", "%Y-%m", "%Q", "%", "%Y-%m-%d %I", "noon"}) {
    try {
      (void)DateFormat::stated(none);
      ADD_FAILURE() << none;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kUsage);
      EXPECT_EQ(error.about(), "date_format");
    }
  }
}

TEST(StatedFormats, ArePatternsOfStrftime) {
  const auto parse = [](std::string_view pattern, std::string_view cell) {
    return DateFormat::stated(pattern).parse(cell);
  };
  EXPECT_EQ(parse("%d/%m/%Y", "3/3/2021"), kMarch);
  EXPECT_EQ(parse("%d/%m/%Y", "3/3/2021 10:00"), std::nullopt);
  EXPECT_EQ(parse("%d/%m/%Y %H:%M", "03/03/2021 10:00"), kMarch + 36000);
  EXPECT_EQ(parse("%b %d, %Y %I:%M %p", "Mar 3, 2021 10:00 pm"), kMarch + 79200);
  EXPECT_EQ(parse("%d-%B-%Y", "03-March-2021"), kMarch);
  EXPECT_EQ(parse("%d-%b-%Y", "03-MAR-2021"), kMarch);
  EXPECT_EQ(parse("%d-%b-%Y", "03-Max-2021"), std::nullopt);
  EXPECT_EQ(parse("%Y%m%d%H%M", "202103030130"), kMarch + 5400);
  EXPECT_EQ(parse("%FT%T.%f%z", "2021-03-03T01:00:00.5+01:00"), kMarch);
  EXPECT_EQ(parse("%Y-%j", "2021-062"), kMarch);
  EXPECT_EQ(parse("%Y-%j", "2021-366"), std::nullopt);
  EXPECT_EQ(parse("%s", "1614729600"), kMarch);
  EXPECT_EQ(parse("%Y%%%m%%%d", "2021%03%03"), kMarch);
  EXPECT_EQ(parse("%d.%m.%Y", "31.02.2021"), std::nullopt);
  EXPECT_EQ(parse("%Y-%m-%d", "2021-03"), std::nullopt);
}

TEST(DateText, IsIso) {
  EXPECT_EQ(date_text(kMarch), "2021-03-03");
  EXPECT_EQ(date_text(kMarch + 1), "2021-03-03T00:00:01");
  EXPECT_EQ(date_text(kMarch, true), "2021-03-03T00:00:00");
  EXPECT_EQ(date_text(-1), "1969-12-31T23:59:59");
  EXPECT_EQ(date_text(kLastDate + 1, false), "253402300800");
  for (const std::int64_t seconds : {kFirstDate, kLastDate, std::int64_t{-1}, kMarch}) {
    EXPECT_EQ(parse_date(date_text(seconds), DateStyle::kYearFirst), seconds);
  }
}

}  // namespace
}  // namespace tessera
