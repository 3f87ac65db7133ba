/// \file
/// Columns of numbers that are made of other columns of a table, row by row.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::features {

enum class Derivation : std::uint8_t {
  kRatio,        ///< the first column divided by the second; missing where that is 0
  kMissing,      ///< 1 where the column has no value, else 0
  kDaysBefore,   ///< from a date to the reference, the time of day as a fraction
  kAge,          ///< whole years from a date to the reference
  kAgeFromYear,  ///< from a year, as a number, to that of the reference
  kWeekdaySine,  ///< of 2 pi / 7 per day from Monday on
  kWeekdayCosine,
  kMonthSine,  ///< of 2 pi / 12 per month from January on
  kMonthCosine,
  kDerivations
};
/// As model files have it: "days-before".
[[nodiscard]] std::string_view name_of(Derivation kind);
[[nodiscard]] std::optional<Derivation> derivation_of(std::string_view name);

/// Whether it is made of a date.
[[nodiscard]] bool takes_dates(Derivation kind);
/// Whether it goes by a reference.
[[nodiscard]] bool has_reference(Derivation kind);

/// A column as it is made.
struct DerivedColumn {
  std::string name;
  Derivation kind = Derivation::kRatio;
  std::vector<std::string> columns;  ///< two of a ratio, else one
  /// Where it goes by one, seconds as of base/dates.hpp; NaN: the latest date of training, which is
  /// yet to be found.
  double reference = 0;
  /// How dates are written in a column of another type, see DateFormat; empty: it is one of dates.
  std::string format = {};
  bool operator==(const DerivedColumn&) const = default;
};

/// Makes values of those of its columns, in place of those of the first one. Dates are seconds as
/// of base/dates.hpp; NaN is missing, and stays so but for kMissing. `second` is of a ratio alone.
void derive(const DerivedColumn& column, std::span<double> values, std::span<const double> second);

/// "spend divided by visits", for people.
[[nodiscard]] std::string describe(const DerivedColumn& column);

/// Whether a column that a file claims to be derived can be so.
[[nodiscard]] bool is_sound(const DerivedColumn& column);

}  // namespace tessera::features
