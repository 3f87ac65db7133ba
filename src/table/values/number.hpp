/// \file
/// Numbers and missing values in cells. Private to src/table.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/numeric/int128.hpp"

namespace tessera::table {

/// Bytes that can be read from the start of every cell.
inline constexpr std::size_t kCellSlack = 17;

enum class NumberKind {
  kNone,        ///< not a number
  kInteger,     ///< of 64 bits, but not INT64_MIN, which stands for missing
  kBigInteger,  ///< an integer of more bits
  kReal,
  kNotFinite,  ///< infinity, spelled out or by overflow
};

struct Number {
  NumberKind kind = NumberKind::kNone;
  std::int64_t integer = 0;  ///< of kInteger
  double real = 0;           ///< nearest double, of every kind but kNone and kNotFinite
};

/// Powers of ten that are exact as doubles, as many as parse_number() needs.
inline constexpr std::array kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,
                                            1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
                                            1e14, 1e15, 1e16, 1e17, 1e18};

/// All integers below are exact as doubles.
inline constexpr std::uint64_t kExactIntegers = std::uint64_t{1} << 53U;

/// What parse_number() leaves to the library: any cell that is not a short plain decimal.
[[nodiscard]] Number parse_any_number(std::string_view cell);

/// Reads the whole of `cell` as a decimal number, correctly rounded, whatever the locale. A plus
/// sign and leading zeros are allowed.
///
/// Of up to 18 digits below 2^53, both the digits and the power of ten that divides them are exact
/// doubles, so that one division rounds correctly (Clinger, "How to read floating point numbers
/// accurately", PLDI 1990).
[[nodiscard]] inline Number parse_number(std::string_view cell) {
  constexpr std::ptrdiff_t kDigits = 18;  // cannot overflow 64 bits
  const auto digit_at = [](const char* p) { return static_cast<unsigned char>(*p - '0'); };
  const char* at = cell.data();
  const char* const end = at + cell.size();
  const bool negative = at != end && *at == '-';
  at += negative ? 1 : 0;
  const char* const begin = at;
  if (at != end && digit_at(at) > 9 && *at != '.') {
    const bool sign_or_word = std::string_view("+-iInN").find(*at) != std::string_view::npos;
    return sign_or_word ? parse_any_number(cell) : Number{};
  }
  if (at == end || end - begin > kDigits + 1) {
    return parse_any_number(cell);
  }
  std::uint64_t magnitude = 0;
  while (at != end && digit_at(at) < 10) {
    magnitude = magnitude * 10 + digit_at(at++);
  }
  const char* const point = at;
  if (at == end && end - begin <= kDigits) {
    const auto integer = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
    return {NumberKind::kInteger, integer, static_cast<double>(integer)};
  }
  if (at != end && *at == '.') {
    ++at;
    while (at != end && digit_at(at) < 10) {
      magnitude = magnitude * 10 + digit_at(at++);
    }
    if (at == end && at - begin > 1 && magnitude < kExactIntegers) {
      const double real = static_cast<double>(static_cast<std::int64_t>(magnitude)) /
                          kPowersOfTen[static_cast<std::size_t>(end - point - 1)];
      return {NumberKind::kReal, 0, negative ? -real : real};
    }
  }
  const bool exponent_or_long = at == end || *at == 'e' || *at == 'E';
  return exponent_or_long ? parse_any_number(cell) : Number{};
}

/// The value of eight digits, each a byte from 0 to 9, the first in the lowest byte: pairs, then
/// fours, then all; see Lemire, "Number parsing at a gigabyte per second", Software: Practice and
/// Experience 51 (2021).
[[nodiscard]] inline std::uint64_t value_of_digits(std::uint64_t word) {
  constexpr std::uint64_t kPairs = 0x000000FF000000FFU;
  word = word * 10 + (word >> 8U);
  return ((word & kPairs) * (100 + (std::uint64_t{1000000} << 32U)) +
          (word >> 16U & kPairs) * (1 + (std::uint64_t{10000} << 32U))) >>
         32U;
}

/// parse_cell() of up to as many characters as a `Word` has bytes, not counting a minus sign.
template <typename Word>
[[nodiscard]] Number parse_word(std::string_view cell, bool negative) {
  constexpr std::size_t kBits = 8 * sizeof(Word);
  constexpr Word kOnes = ~Word{0} / 255;  // 0x01..01
  constexpr Word kHighHalves = kOnes * 0xF0U;
  std::size_t size = cell.size() - (negative ? 1U : 0U);
  // The last character stands in the highest byte; below the first one there is nothing.
  Word word = 0;
  std::memcpy(&word, cell.data() + (negative ? 1 : 0), sizeof(word));
  word <<= kBits - 8 * size;
  // A byte of x is zero where (x - 0x01..01) & ~x has its high bit set, exactly so for the lowest.
  const Word points = word ^ (kOnes * static_cast<unsigned char>('.'));
  const Word hits = (points - kOnes) & ~points & (kOnes << 7U);
  std::size_t decimals = 0;
  if (hits != 0) {
    const auto below = static_cast<unsigned>(std::countr_zero(hits)) - 7;  // bits below the point
    decimals = sizeof(Word) - 1 - below / 8;
    word = (word & (~Word{0} << below << 8U)) | (word & ~(~Word{0} << below)) << 8U;
    if (--size == 0) {
      return parse_number(cell);
    }
  }
  const std::size_t unused = kBits - 8 * size;
  const Word zeros = (kOnes * static_cast<unsigned char>('0')) << unused;
  if ((word & kHighHalves) != zeros || ((word + ((kOnes * 6U) << unused)) & kHighHalves) != zeros) {
    return parse_number(cell);
  }
  word -= zeros;
  std::uint64_t magnitude = value_of_digits(static_cast<std::uint64_t>(word));
  if constexpr (sizeof(Word) > sizeof(std::uint64_t)) {
    magnitude = magnitude * 100000000 + value_of_digits(static_cast<std::uint64_t>(word >> 64U));
  }
  if (hits == 0) {
    const auto integer = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
    return {NumberKind::kInteger, integer, static_cast<double>(integer)};
  }
  if (magnitude >= kExactIntegers) {
    return parse_number(cell);
  }
  const double real =
      static_cast<double>(static_cast<std::int64_t>(magnitude)) / kPowersOfTen[decimals];
  return {NumberKind::kReal, 0, negative ? -real : real};
}

/// The same as parse_number() of a cell, of which kCellSlack bytes can be read even if it is
/// shorter: up to 16 digits and a point as one word or two, without a step for each.
[[nodiscard]] inline Number parse_cell(std::string_view cell) {
  const bool negative = cell.starts_with('-');
  const std::size_t size = cell.size() - (negative ? 1U : 0U);
  if (size - 1 < sizeof(std::uint64_t)) {
    return parse_word<std::uint64_t>(cell, negative);
  }
  return size - 1 < sizeof(numeric::Uint128) ? parse_word<numeric::Uint128>(cell, negative)
                                             : parse_number(cell);
}

/// True if a plus sign or leading zeros say that `cell`, though a number, means something else: a
/// telephone number, an identifier such as 007.
[[nodiscard]] inline bool looks_like_identifier(std::string_view cell) {
  if (!cell.empty() && cell[0] > '0') {
    return false;
  }
  if (cell.starts_with('+')) {
    return true;
  }
  if (cell.starts_with('-')) {
    cell.remove_prefix(1);
  }
  return cell.size() > 1 && cell[0] == '0' && cell[1] >= '0' && cell[1] <= '9';
}

/// One spelling per value: equal numbers give equal strings.
[[nodiscard]] std::string canonical(const Number& number);

/// The spellings of "missing".
class MissingMarkers {
 public:
  explicit MissingMarkers(const std::vector<std::string>& markers);

  [[nodiscard]] bool match(std::string_view cell) const {
    return cell.empty() || (begins_[static_cast<unsigned char>(cell[0])] && is_marker(cell));
  }

 private:
  [[nodiscard]] bool is_marker(std::string_view cell) const;

  std::vector<std::string> markers_;
  std::array<bool, 256> begins_{};
};

}  // namespace tessera::table
