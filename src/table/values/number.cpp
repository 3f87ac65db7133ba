#include "table/values/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <system_error>

namespace tessera::table {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The value of up to 18 digits with an optional sign, which cannot overflow; false if `cell` is
// anything else.
bool parse_short_integer(std::string_view cell, std::int64_t& value) {
  constexpr std::size_t kDigits = 18;
  std::size_t i = cell[0] == '-' || cell[0] == '+' ? 1 : 0;
  if (i == cell.size() || cell.size() - i > kDigits) {
    return false;
  }
  std::int64_t magnitude = 0;
  for (; i < cell.size(); ++i) {
    if (!is_digit(cell[i])) {
      return false;
    }
    magnitude = magnitude * 10 + (cell[i] - '0');
  }
  value = cell[0] == '-' ? -magnitude : magnitude;
  return true;
}

// std::from_chars does not tell overflow from underflow.
Number out_of_range(std::string_view cell) {
  const double value = std::strtod(std::string(cell).c_str(), nullptr);
  if (std::isinf(value)) {
    return {.kind = NumberKind::kNotFinite, .integer = 0, .real = 0};
  }
  return {.kind = NumberKind::kReal, .integer = 0, .real = value};
}

}  // namespace

Number parse_any_number(std::string_view cell) {
  if (cell.empty()) {
    return {};
  }
  std::int64_t integer = 0;
  if (parse_short_integer(cell, integer)) {
    return {.kind = NumberKind::kInteger, .integer = integer, .real = static_cast<double>(integer)};
  }
  if (cell[0] == '+') {
    cell.remove_prefix(1);
    if (cell.empty() || cell[0] == '-') {
      return {};
    }
  }
  const char* const end = cell.data() + cell.size();
  const bool digits_only =
      std::ranges::all_of(cell.substr(cell[0] == '-' ? 1 : 0), is_digit) && cell != "-";
  if (digits_only) {
    const auto [behind, error] = std::from_chars(cell.data(), end, integer);
    if (error == std::errc() && integer != std::numeric_limits<std::int64_t>::min()) {
      return {
          .kind = NumberKind::kInteger, .integer = integer, .real = static_cast<double>(integer)};
    }
  }
  double real = 0;
  const auto [behind, error] = std::from_chars(cell.data(), end, real);
  if (behind != end || error == std::errc::invalid_argument) {
    return {};
  }
  if (error == std::errc::result_out_of_range) {
    return out_of_range(cell);
  }
  if (std::isnan(real)) {
    return {};
  }
  return {.kind = std::isinf(real) ? NumberKind::kNotFinite
                  : digits_only    ? NumberKind::kBigInteger
                                   : NumberKind::kReal,
          .integer = 0,
          .real = std::isinf(real) ? 0 : real};
}

std::string canonical(const Number& number) {
  return number.kind == NumberKind::kInteger ? fmt::format("{}", number.integer)
                                             : fmt::format("{:.17g}", number.real + 0.0);
}

MissingMarkers::MissingMarkers(const std::vector<std::string>& markers) : markers_(markers) {
  for (const std::string& marker : markers_) {
    if (!marker.empty()) {
      begins_[static_cast<unsigned char>(marker[0])] = true;
    }
  }
}

bool MissingMarkers::is_marker(std::string_view cell) const {
  return std::ranges::find(markers_, cell) != markers_.end();
}

}  // namespace tessera::table
