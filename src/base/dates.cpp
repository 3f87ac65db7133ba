#include "tessera/base/dates.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>

#include "base/date_cursor.hpp"

namespace tessera {
namespace {

enum class Order : std::uint8_t { kYearFirst, kDayFirst, kMonthFirst };

struct Style {
  std::string_view name;
  char separator;  // NUL: none
  Order order;
};

// in the order of DateStyle
constexpr std::array<Style, static_cast<std::size_t>(DateStyle::kStyles)> kStyles = {{
    {"Y-m-d", '-', Order::kYearFirst},
    {"Y/m/d", '/', Order::kYearFirst},
    {"Y.m.d", '.', Order::kYearFirst},
    {"d/m/Y", '/', Order::kDayFirst},
    {"m/d/Y", '/', Order::kMonthFirst},
    {"d-m-Y", '-', Order::kDayFirst},
    {"m-d-Y", '-', Order::kMonthFirst},
    {"d.m.Y", '.', Order::kDayFirst},
    {"Ymd", '\0', Order::kYearFirst},
    {"unix", '\0', Order::kYearFirst},
    {"unix-ms", '\0', Order::kYearFirst},
}};

/// A cell taken apart as far as that does not depend on its style.
struct Parts {
  std::array<unsigned, 3> numbers{};
  bool year_first = false;
  char separator = '\0';
  std::int64_t time = 0;  // seconds, less the zone
};

/// " 9:05", "T21:05:30.25+02:00", ", 9:05 PM UTC": what may stand behind a date. "" is midnight.
std::optional<std::int64_t> take_time(DateCursor& cursor) {
  if (cursor.at_end()) {
    return 0;
  }
  const bool comma = cursor.take(',');
  if (!cursor.take_blanks() && (comma || !cursor.take_word("t"))) {
    return std::nullopt;
  }
  const auto hour = cursor.number(1, 2);
  const bool colon = cursor.take(':');
  const auto minute = colon ? cursor.number(2, 2) : std::nullopt;
  if (!hour || !minute || *minute > 59) {
    return std::nullopt;
  }
  unsigned second = 0;
  if (cursor.take(':')) {
    const auto found = cursor.number(2, 2);
    if (!found || *found > 59) {
      return std::nullopt;
    }
    second = *found;
    if ((cursor.take('.') || cursor.take(',')) && !cursor.take_fraction()) {
      return std::nullopt;
    }
  }
  (void)cursor.take_blanks();
  const std::optional<unsigned> full = hour_of(*hour, cursor.half_of_day());
  (void)cursor.take_blanks();
  const auto ahead = cursor.at_end() ? std::optional<std::int64_t>(0) : cursor.zone();
  if (!full || !ahead || !cursor.at_end()) {
    return std::nullopt;
  }
  return seconds_of(*full, *minute, second) - *ahead;
}

std::optional<Parts> take_apart(std::string_view cell) {
  constexpr std::size_t kShortest = 8;
  constexpr std::size_t kLongest = 48;
  if (cell.size() < kShortest || cell.size() > kLongest || cell[0] < '0' || cell[0] > '9') {
    return std::nullopt;
  }
  Parts parts;
  const std::size_t first = cell.find_first_not_of("0123456789");
  DateCursor cursor(cell);
  if (first == std::string_view::npos || first == 8) {
    const auto year = cursor.packed(4);
    const auto month = cursor.packed(2);
    const auto day = cursor.packed(2);
    parts.numbers = {year.value_or(0), month.value_or(0), day.value_or(0)};
    parts.year_first = true;
  } else {
    parts.separator = cell[first];
    parts.year_first = first == 4;
    const std::string_view separators = "-/.";
    const auto a = parts.year_first ? cursor.number(4, 4) : cursor.number(1, 2);
    if (!a || separators.find(parts.separator) == std::string_view::npos) {
      return std::nullopt;
    }
    (void)cursor.take(parts.separator);
    const auto b = cursor.number(1, 2);
    const bool separated = cursor.take(parts.separator);
    const auto c = parts.year_first ? cursor.number(1, 2) : cursor.number(4, 4);
    if (!b || !separated || !c) {
      return std::nullopt;
    }
    parts.numbers = {*a, *b, *c};
  }
  const auto time = take_time(cursor);
  if (!time) {
    return std::nullopt;
  }
  parts.time = *time;
  return parts;
}

std::optional<std::int64_t> in_years(std::int64_t seconds) {
  return seconds >= kFirstDate && seconds <= kLastDate ? std::optional(seconds) : std::nullopt;
}

std::optional<std::int64_t> as_style(const Parts& parts, const Style& style) {
  if (parts.separator != style.separator ||
      parts.year_first != (style.order == Order::kYearFirst)) {
    return std::nullopt;
  }
  const auto [a, b, c] = parts.numbers;
  const CivilDay day = style.order == Order::kYearFirst  ? CivilDay{static_cast<int>(a), b, c}
                       : style.order == Order::kDayFirst ? CivilDay{static_cast<int>(c), b, a}
                                                         : CivilDay{static_cast<int>(c), a, b};
  const auto days = days_of(day);
  return days ? in_years(*days * kSecondsPerDay + parts.time) : std::nullopt;
}

std::optional<std::int64_t> parse_unix(std::string_view cell, std::int64_t in_second) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (cell.empty() || error != std::errc() || end != cell.data() + cell.size()) {
    return std::nullopt;
  }
  return in_years(value / in_second - (value % in_second < 0 ? 1 : 0));
}

/// What most machines write, 2024-01-31 18:00:00, without the general way's many questions; nothing
/// for all else.
std::optional<std::int64_t> plain_time(std::string_view cell) {
  constexpr std::string_view kForm = "0000-00-00 00:00:00";
  if (cell.size() != kForm.size()) {
    return std::nullopt;
  }
  bool fits = true;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool is_digit = static_cast<unsigned char>(cell[i] - '0') < 10;
    fits =
        fits && (kForm[i] == '0' ? is_digit : cell[i] == kForm[i] || (i == 10 && cell[i] == 'T'));
  }
  const auto two = [&](std::size_t at) { return (cell[at] - '0') * 10 + (cell[at + 1] - '0'); };
  if (!fits || two(11) > 23 || two(14) > 59 || two(17) > 59) {
    return std::nullopt;
  }
  const std::optional<std::int64_t> days = days_of({.year = two(0) * 100 + two(2),
                                                    .month = static_cast<unsigned>(two(5)),
                                                    .day = static_cast<unsigned>(two(8))});
  return days ? std::optional(*days * kSecondsPerDay + seconds_of(two(11), two(14), two(17)))
              : std::nullopt;
}

constexpr DateStyles kCounted = only(DateStyle::kUnix) | only(DateStyle::kUnixMilliseconds);

}  // namespace

std::optional<std::int64_t> days_of(const CivilDay& day) {
  using namespace std::chrono;
  const year_month_day date{year{day.year}, month{day.month}, std::chrono::day{day.day}};
  if (day.year < 1000 || day.year > 9999 || !date.ok()) {
    return std::nullopt;
  }
  return sys_days{date}.time_since_epoch().count();
}

CivilDay civil_day(std::int64_t seconds) {
  using namespace std::chrono;
  const year_month_day date{floor<days>(sys_seconds{std::chrono::seconds{seconds}})};
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day())};
}

unsigned weekday_of(std::int64_t seconds) {
  using namespace std::chrono;
  return weekday{floor<days>(sys_seconds{std::chrono::seconds{seconds}})}.iso_encoding() - 1;
}

std::string_view name_of(DateStyle style) { return kStyles[static_cast<std::size_t>(style)].name; }

DateStyles styles_of(std::string_view cell, DateStyles asked) {
  DateStyles found = 0;
  if ((asked & ~kCounted) != 0) {
    if (const std::optional<Parts> parts = take_apart(cell)) {
      for (std::size_t s = 0; s < kStyles.size(); ++s) {
        const DateStyles bit = only(static_cast<DateStyle>(s));
        if ((bit & asked & ~kCounted) != 0 && as_style(*parts, kStyles[s])) {
          found |= bit;
        }
      }
    }
  }
  for (const DateStyle style : {DateStyle::kUnix, DateStyle::kUnixMilliseconds}) {
    if ((asked & only(style)) != 0 && parse_date(cell, style)) {
      found |= only(style);
    }
  }
  return found;
}

std::optional<std::int64_t> parse_date(std::string_view cell, DateStyle style) {
  if (style == DateStyle::kUnix || style == DateStyle::kUnixMilliseconds) {
    return parse_unix(cell, style == DateStyle::kUnix ? 1 : 1000);
  }
  if (style == DateStyle::kYearFirst) {
    if (const std::optional<std::int64_t> seconds = plain_time(cell)) {
      return seconds;
    }
  }
  const std::optional<Parts> parts = take_apart(cell);
  return parts ? as_style(*parts, kStyles[static_cast<std::size_t>(style)]) : std::nullopt;
}

std::string date_text(std::int64_t seconds, bool with_time) {
  if (!in_years(seconds)) {
    return fmt::format("{}", seconds);
  }
  const CivilDay day = civil_day(seconds);
  const std::int64_t time = ((seconds % kSecondsPerDay) + kSecondsPerDay) % kSecondsPerDay;
  std::string text = fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
  if (with_time) {
    text += fmt::format("T{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60);
  }
  return text;
}

std::string date_text(std::int64_t seconds) {
  return date_text(seconds, seconds % kSecondsPerDay != 0);
}

}  // namespace tessera
