/// \file
/// Dates and times of day: seconds since 1970-01-01T00:00:00Z, leap seconds not counted, in the
/// proleptic Gregorian calendar (ISO 8601). Years have four digits, 1000 to 9999.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tessera {

inline constexpr std::int64_t kSecondsPerDay = 86'400;
inline constexpr std::int64_t kFirstDate = -30'610'224'000;  ///< 1000-01-01T00:00:00Z
inline constexpr std::int64_t kLastDate = 253'402'300'799;   ///< 9999-12-31T23:59:59Z

/// A day of the calendar. As a value of a column it stands for its first second.
struct CivilDay {
  int year = 1970;
  unsigned month = 1;  ///< from 1
  unsigned day = 1;    ///< from 1

  friend bool operator==(const CivilDay&, const CivilDay&) = default;
};

/// Days since 1970-01-01; nothing if there is no such day (31 February), or none of these years.
[[nodiscard]] std::optional<std::int64_t> days_of(const CivilDay& day);
/// The day that a second belongs to. `seconds` is from kFirstDate to kLastDate.
[[nodiscard]] CivilDay civil_day(std::int64_t seconds);
/// From 0, Monday, to 6, Sunday, of such a second.
[[nodiscard]] unsigned weekday_of(std::int64_t seconds);

/// How dates are written. Days and months have one digit or two, and behind each date a time may
/// stand: " 9:05", "T21:05:30.25", ", 9:05 pm", and its zone: "Z", " UTC", "+02:00", "-0530",
/// "+02". Fractions of seconds are dropped; without a zone the time is UTC. Each is
/// strict: 31.02.2024 is no date, nor is 24:00.
enum class DateStyle : std::uint8_t {
  kYearFirst,        ///< Y-m-d
  kYearFirstSlash,   ///< Y/m/d
  kYearFirstDot,     ///< Y.m.d
  kDayFirstSlash,    ///< d/m/Y
  kMonthFirstSlash,  ///< m/d/Y
  kDayFirstDash,     ///< d-m-Y
  kMonthFirstDash,   ///< m-d-Y
  kDayFirstDot,      ///< d.m.Y
  kPacked,           ///< Ymd: 20240131
  kUnix,             ///< whole seconds since 1970-01-01T00:00:00Z
  kUnixMilliseconds,
  kStyles
};

/// A set of styles, one bit each.
using DateStyles = std::uint32_t;
[[nodiscard]] constexpr DateStyles only(DateStyle style) {
  return DateStyles{1} << static_cast<unsigned>(style);
}
/// Those whose dates no one takes for numbers.
inline constexpr DateStyles kDateLikeStyles = only(DateStyle::kPacked) - 1;

/// As `--date-format` takes it: "d/m/Y".
[[nodiscard]] std::string_view name_of(DateStyle style);

/// The styles among `asked` that a cell fits. Cheap for what is no date.
[[nodiscard]] DateStyles styles_of(std::string_view cell, DateStyles asked = kDateLikeStyles);

/// The date that a cell holds as written in a style; nothing if it does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view cell, DateStyle style);

/// A stated way of writing: a style by its name, or a pattern as of strftime.
class DateFormat {
 public:
  DateFormat(DateStyle style) : style_(style) {}  // NOLINT(google-explicit-constructor)

  /// `text` is a style's name in any of its spellings: "d/m/Y", "dd/mm/yyyy", "d/m/Y H:M:S", "iso",
  /// "yyyymmdd", "unix", "unix-ms"; or a pattern with %Y %m %d %H %M %S, %I and %p (12 hours, AM or
  /// PM), %b or %B (English month names, short or long), %j (day of the year), %f (a fraction,
  /// which is dropped), %z (zone), %s (Unix seconds), %F, %T, %R and %%. A blank stands for any
  /// number of them. Throws kUsage about `date_format`, also where a year has two digits.
  [[nodiscard]] static DateFormat stated(std::string_view text);

  /// Nothing if the cell does not fit.
  [[nodiscard]] std::optional<std::int64_t> parse(std::string_view cell) const;

  /// The style, if it is one.
  [[nodiscard]] std::optional<DateStyle> style() const;
  /// True if its dates are whole numbers too, as 20240131 is.
  [[nodiscard]] bool looks_like_numbers() const;

  /// As it was stated, in its shortest spelling.
  [[nodiscard]] std::string name() const;

 private:
  explicit DateFormat(std::string pattern) : pattern_(std::move(pattern)) {}

  DateStyle style_ = DateStyle::kYearFirst;
  std::string pattern_;  // empty: the style
};

/// "2024-01-31", or "2024-01-31T09:05:00" with the time. `seconds` beyond the years that there are
/// becomes the number.
[[nodiscard]] std::string date_text(std::int64_t seconds, bool with_time);
/// The same without the time at midnight.
[[nodiscard]] std::string date_text(std::int64_t seconds);

}  // namespace tessera
