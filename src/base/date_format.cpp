// Stated ways of writing dates: names of styles, and patterns as of strftime.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/date_cursor.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"

namespace tessera {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::string_view kFields = "YmdHMSIpbBjfzs";

[[noreturn]] void fail_format(std::string_view text, std::string_view why) {
  fail_about(
      "date_format", ExitCode::kUsage,
      "date format '{}' {}: give one of Y-m-d, Y/m/d, d/m/Y, m/d/Y, d-m-Y, m-d-Y, d.m.Y, Ymd, "
      "unix, unix-ms, or a pattern such as '%d/%m/%Y %H:%M'",
      text, why);
}

/// "dd/mm/yyyy HH:MM" as "d/m/Y": letters once, Y for yyyy, and without the time.
std::string plain_name(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = std::min(text.find_first_not_of(text[i], i), text.size());
    const std::string_view run = text.substr(i, end - i);
    const char letter = run[0] == 'D' ? 'd' : run[0] == 'y' ? 'Y' : run[0];
    if (letter == 'Y' && run.size() == 2) {
      fail_format(text, "has a year of two digits, which may be of any century");
    }
    name += letter;
    i = end;
  }
  for (const std::string_view time : {" H:M:S", " H:M", "TH:M:S", "TH:M"}) {
    if (name.ends_with(time)) {
      name = name.substr(0, name.size() - time.size());
      break;
    }
  }
  // "DD/MM/YYYY" is one too
  std::ranges::replace(name, 'M', 'm');
  return name;
}

std::optional<DateStyle> style_called(std::string_view name) {
  for (std::size_t s = 0; s < static_cast<std::size_t>(DateStyle::kStyles); ++s) {
    const auto style = static_cast<DateStyle>(s);
    if (name_of(style) == name) {
      return style;
    }
  }
  return std::nullopt;
}

/// Longer spellings of some fields.
std::string expanded(std::string_view text) {
  std::string pattern;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      pattern += text[i];
      continue;
    }
    const char field = ++i < text.size() ? text[i] : '\0';
    switch (field) {
      case 'F':
        pattern += "%Y-%m-%d";
        break;
      case 'T':
        pattern += "%H:%M:%S";
        break;
      case 'R':
        pattern += "%H:%M";
        break;
      case 'e':
        pattern += "%d";
        break;
      case 'h':
        pattern += "%b";
        break;
      case 'y':
      case 'D':
        fail_format(text, "has a year of two digits, which may be of any century");
      default:
        if (field != '%' && (field == '\0' || kFields.find(field) == std::string_view::npos)) {
          fail_format(text, "has a field that is not known");
        }
        pattern += {'%', field};
    }
  }
  return pattern;
}

void check_pattern(std::string_view text, std::string_view pattern) {
  const auto has = [&](char field) {
    return pattern.find(std::string{'%', field}) != std::string_view::npos;
  };
  const bool month = has('m') || has('b') || has('B');
  if (!has('s') && !(has('Y') && ((month && has('d')) || has('j')))) {
    fail_format(text, "does not tell year, month and day");
  }
  if (has('I') != has('p')) {
    fail_format(text, "has only one of %I, hours up to twelve, and %p, AM or PM");
  }
}

/// What the fields of a pattern have said of a cell.
class Collected {
 public:
  /// False if the field does not stand there.
  bool take(char field, DateCursor& cursor) {
    switch (field) {
      case 'Y':
        return set(year_, cursor.packed(4));
      case 'm':
        return set(month_, one_or_two(cursor));
      case 'b':
      case 'B':
        return set(month_, month_name(cursor));
      case 'd':
        return set(day_, one_or_two(cursor));
      case 'j':
        return set(day_of_year_, cursor.packed(3));
      case 'H':
      case 'I':
        return set(hour_, one_or_two(cursor));
      case 'M':
        return set(minute_, cursor.packed(2)) && minute_ < 60;
      case 'S':
        return set(second_, cursor.packed(2)) && second_ < 60;
      case 'f':
        return cursor.take_fraction();
      case 'p':
        half_ = cursor.half_of_day();
        return half_.has_value();
      case 'z': {
        const auto ahead = cursor.zone();
        ahead_ = ahead.value_or(0);
        return ahead.has_value();
      }
      case 's':
        return take_unix(cursor);
      default:
        return cursor.take(field);
    }
  }

  [[nodiscard]] std::optional<std::int64_t> seconds() const {
    const auto hour = hour_of(hour_, half_);
    auto days = day_of_year_ > 0 ? days_of({static_cast<int>(year_), 1, 1})
                                 : days_of({static_cast<int>(year_), month_, day_});
    if (days && day_of_year_ > 0) {
      days = *days + day_of_year_ - 1;
      if (civil_day(*days * kSecondsPerDay).year != static_cast<int>(year_)) {
        return std::nullopt;
      }
    }
    const std::optional<std::int64_t> all =
        unix_ ? unix_
        : days && hour
            ? std::optional(*days * kSecondsPerDay + seconds_of(*hour, minute_, second_) - ahead_)
            : std::nullopt;
    return all && *all >= kFirstDate && *all <= kLastDate ? all : std::nullopt;
  }

 private:
  static bool set(unsigned& part, std::optional<unsigned> found) {
    part = found.value_or(0);
    return found.has_value();
  }
  // "3" or "03": two digits where there are two
  static std::optional<unsigned> one_or_two(DateCursor& cursor) {
    DateCursor ahead = cursor;
    if (const auto two = ahead.packed(2)) {
      cursor = ahead;
      return two;
    }
    return cursor.packed(1);
  }
  static std::optional<unsigned> month_name(DateCursor& cursor) {
    for (const bool whole : {true, false}) {
      for (unsigned m = 0; m < kMonths.size(); ++m) {
        if (cursor.take_word(whole ? kMonths[m] : kMonths[m].substr(0, 3))) {
          return m + 1;
        }
      }
    }
    return std::nullopt;
  }
  bool take_unix(DateCursor& cursor) {
    const bool negative = cursor.take('-');
    std::int64_t value = 0;
    int digits = 0;
    while (const auto digit = cursor.packed(1)) {
      value = value * 10 + *digit;
      if (++digits > 12) {
        return false;
      }
    }
    unix_ = negative ? -value : value;
    return digits > 0;
  }

  unsigned year_ = 0;
  unsigned month_ = 0;
  unsigned day_ = 0;
  unsigned day_of_year_ = 0;
  unsigned hour_ = 0;
  unsigned minute_ = 0;
  unsigned second_ = 0;
  std::optional<unsigned> half_;
  std::int64_t ahead_ = 0;
  std::optional<std::int64_t> unix_;
};

}  // namespace

DateFormat DateFormat::stated(std::string_view text) {
  if (text.find('%') != std::string_view::npos) {
    std::string pattern = expanded(text);
    check_pattern(text, pattern);
    return DateFormat(std::move(pattern));
  }
  if (const auto style = style_called(text)) {
    return *style;
  }
  if (text == "iso" || text == "ISO") {
    return DateStyle::kYearFirst;
  }
  const auto style = text.empty() ? std::nullopt : style_called(plain_name(text));
  if (!style) {
    fail_format(text, "is not known");
  }
  return *style;
}

std::optional<std::int64_t> DateFormat::parse(std::string_view cell) const {
  if (pattern_.empty()) {
    return parse_date(cell, style_);
  }
  DateCursor cursor(cell);
  Collected collected;
  for (std::size_t i = 0; i < pattern_.size(); ++i) {
    if (pattern_[i] == ' ') {
      (void)cursor.take_blanks();
    } else if (pattern_[i] == '%' && pattern_[i + 1] != '%') {
      if (!collected.take(pattern_[++i], cursor)) {
        return std::nullopt;
      }
    } else {
      i += pattern_[i] == '%' ? 1U : 0U;
      if (!cursor.take(pattern_[i])) {
        return std::nullopt;
      }
    }
  }
  return cursor.at_end() ? collected.seconds() : std::nullopt;
}

std::optional<DateStyle> DateFormat::style() const {
  return pattern_.empty() ? std::optional(style_) : std::nullopt;
}

bool DateFormat::looks_like_numbers() const {
  if (pattern_.empty()) {
    return (only(style_) & kDateLikeStyles) == 0;
  }
  for (std::size_t i = 0; i < pattern_.size(); i += 2) {
    if (pattern_[i] != '%' ||
        std::string_view("YmdHMSIjfs").find(pattern_[i + 1]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

std::string DateFormat::name() const {
  return pattern_.empty() ? std::string(name_of(style_)) : pattern_;
}

}  // namespace tessera
