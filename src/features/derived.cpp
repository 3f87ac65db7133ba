#include "tessera/features/derived.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "tessera/base/dates.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Derivation::kDerivations)> kNames =
    {"ratio",       "missing",     "days-before", "age",      "age-from-year",
     "weekday-sin", "weekday-cos", "month-sin",   "month-cos"};

bool is_date(double seconds) {
  return seconds >= static_cast<double>(kFirstDate) && seconds <= static_cast<double>(kLastDate);
}

CivilDay day_of(double seconds) { return civil_day(static_cast<std::int64_t>(seconds)); }

double years_between(const CivilDay& from, const CivilDay& to) {
  const bool before_birthday = std::pair(to.month, to.day) < std::pair(from.month, from.day);
  return to.year - from.year - (before_birthday ? 1 : 0);
}

/// The angle of the `at`-th of so many, from 0, around a circle.
double angle(unsigned at, unsigned of) { return 2 * std::numbers::pi * at / of; }

/// What is made of a date.
double of_date(Derivation kind, double seconds, double reference) {
  switch (kind) {
    case Derivation::kDaysBefore:
      return (reference - seconds) / static_cast<double>(kSecondsPerDay);
    case Derivation::kAge:
      return years_between(day_of(seconds), day_of(reference));
    case Derivation::kWeekdaySine:
      return std::sin(angle(weekday_of(static_cast<std::int64_t>(seconds)), 7));
    case Derivation::kWeekdayCosine:
      return std::cos(angle(weekday_of(static_cast<std::int64_t>(seconds)), 7));
    case Derivation::kMonthSine:
      return std::sin(angle(day_of(seconds).month - 1, 12));
    default:
      return std::cos(angle(day_of(seconds).month - 1, 12));
  }
}

}  // namespace

std::string_view name_of(Derivation kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<Derivation> derivation_of(std::string_view name) {
  const auto at = std::ranges::find(kNames, name);
  return at == kNames.end() ? std::nullopt
                            : std::optional(static_cast<Derivation>(at - kNames.begin()));
}

bool takes_dates(Derivation kind) {
  return kind != Derivation::kRatio && kind != Derivation::kMissing &&
         kind != Derivation::kAgeFromYear;
}

bool has_reference(Derivation kind) {
  return kind == Derivation::kDaysBefore || kind == Derivation::kAge ||
         kind == Derivation::kAgeFromYear;
}

void derive(const DerivedColumn& column, std::span<double> values, std::span<const double> second) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  constexpr double kNoDate = std::numeric_limits<double>::infinity();  // which no column may hold
  switch (column.kind) {
    case Derivation::kRatio:
      std::ranges::transform(values, second, values.begin(),
                             [](double a, double b) { return b == 0 ? kNone : a / b; });
      return;
    case Derivation::kMissing:
      std::ranges::transform(values, values.begin(),
                             [](double value) { return std::isnan(value) ? 1.0 : 0.0; });
      return;
    case Derivation::kAgeFromYear:
      std::ranges::transform(values, values.begin(),
                             [year = day_of(column.reference).year](double born) {
                               return static_cast<double>(year) - born;
                             });
      return;
    default:
      std::ranges::transform(values, values.begin(), [&](double seconds) {
        return std::isnan(seconds) ? kNone
               : is_date(seconds)  ? of_date(column.kind, seconds, column.reference)
                                   : kNoDate;
      });
  }
}

std::string describe(const DerivedColumn& column) {
  const std::string& of = column.columns.front();
  const auto reference = [&] { return date_text(static_cast<std::int64_t>(column.reference)); };
  switch (column.kind) {
    case Derivation::kRatio:
      return fmt::format("{} divided by {}", of, column.columns.back());
    case Derivation::kMissing:
      return fmt::format("1 where {} is missing, else 0", of);
    case Derivation::kDaysBefore:
      return fmt::format("days from {} to {}", of, reference());
    case Derivation::kAge:
      return fmt::format("whole years from {} to {}", of, reference());
    case Derivation::kAgeFromYear:
      return fmt::format("years from {} to {}", of, day_of(column.reference).year);
    default:
      const std::string_view name = name_of(column.kind);
      return fmt::format("{} of the {} of {}", name.ends_with("sin") ? "sine" : "cosine",
                         name.substr(0, name.find('-')), of);
  }
}

bool is_sound(const DerivedColumn& column) {
  try {
    (void)(column.format.empty() ? DateFormat(DateStyle::kYearFirst)
                                 : DateFormat::stated(column.format));
  } catch (const Error&) {
    return false;
  }
  return column.columns.size() == (column.kind == Derivation::kRatio ? 2U : 1U) &&
         (!has_reference(column.kind) || is_date(column.reference));
}

}  // namespace tessera::features
