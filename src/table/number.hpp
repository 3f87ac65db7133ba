/// \file
/// Numbers and missing values in cells. Private to src/table.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::table {

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

/// Reads the whole of `cell` as a decimal number, correctly rounded, whatever the locale. A plus
/// sign and leading zeros are allowed.
[[nodiscard]] Number parse_number(std::string_view cell);

/// True if a plus sign or leading zeros say that `cell`, though a number, means something else: a
/// telephone number, an identifier such as 007.
[[nodiscard]] bool looks_like_identifier(std::string_view cell);

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
