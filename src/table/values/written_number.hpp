/// \file
/// Numbers as people and spreadsheets write them: grouped digits, a decimal comma, currencies,
/// percent signs, brackets for negative. Private to src/table.
#pragma once

#include <string>
#include <string_view>

#include "table/values/number.hpp"

namespace tessera::table {

/// What the mark between whole and fraction is. Digits before it may stand in groups of three, with
/// blanks, apostrophes or the other mark between them.
enum class Decimal { kPoint, kComma };

/// Sets of them.
inline constexpr unsigned kPointReading = 1;
inline constexpr unsigned kCommaReading = 2;
[[nodiscard]] constexpr unsigned reading_of(Decimal decimal) {
  return decimal == Decimal::kPoint ? kPointReading : kCommaReading;
}

/// The longest cell that is looked at so.
inline constexpr std::size_t kLongestWritten = 48;

/// The number in a cell such as "1.234,50 EUR", "($3.00)", "12 %", "5-": of a percentage the number
/// before the sign. kNone if it is none, or if leading zeros say that it means something else,
/// unless these are `allowed`. What it is counted in goes into `unit`: "EUR", "$", "%", or nothing.
[[nodiscard]] Number parse_written(std::string_view cell, Decimal decimal, bool zeros_allowed,
                                   std::string& unit);

/// The readings that give a number; cheap for what is none, as most texts are.
[[nodiscard]] unsigned readings_of(std::string_view cell);
[[nodiscard]] unsigned readings_of(std::string_view cell, std::string& unit);

/// True for what spreadsheets and databases write for a missing number: "-", ".", "#N/A", "\N".
[[nodiscard]] bool is_listed_mark(std::string_view cell);
[[nodiscard]] inline bool is_missing_mark(std::string_view cell) {
  constexpr std::size_t kLongest = 7;
  constexpr std::string_view kBeginnings = "-.#\\nN<\xE2";
  return !cell.empty() && cell.size() <= kLongest &&
         kBeginnings.find(cell.front()) != std::string_view::npos && is_listed_mark(cell);
}

/// True for what begins with a letter and can be neither date, number, nor mark, as ids often do.
[[nodiscard]] inline bool is_plainly_text(std::string_view cell) {
  const auto is_letter = [](char c) {
    return static_cast<unsigned char>((static_cast<unsigned char>(c) | 0x20U) - 'a') < 26;
  };
  constexpr std::size_t kLongestMark = 7;
  return cell.size() > kLongestMark && is_letter(cell[0]) && !is_letter(cell[1]) && cell[1] != '$';
}

/// True if a plain real number is one with a decimal comma too: 1.234, but neither 0.234 nor 1.5.
[[nodiscard]] inline bool groups_by_point(std::string_view real) {
  if (real.starts_with('-')) {
    real.remove_prefix(1);
  }
  constexpr std::size_t kGroup = 3;
  const std::size_t size = real.size();
  if (size < kGroup + 2 || size > 2 * kGroup + 1 || real[size - kGroup - 1] != '.' ||
      real[0] == '0') {
    return false;
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return is_digit(real[size - 1]) && is_digit(real[size - 2]) && is_digit(real[size - 3]);
}

}  // namespace tessera::table
