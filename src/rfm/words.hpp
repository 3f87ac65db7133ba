// Words of options and cells.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

#include "tessera/base/dates.hpp"

namespace tessera::rfm {

/// The finite number that a text is.
[[nodiscard]] inline std::optional<double> number_of(std::string_view text) {
  double value = 0;
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool is_one = error == std::errc{} && end == text.data() + text.size();
  return is_one && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// Seconds since 1970 of a date in an option: 2024-01-31, with a time or not, or 20240131.
[[nodiscard]] inline std::optional<std::int64_t> date_of(std::string_view text) {
  const std::optional<std::int64_t> date = parse_date(text, DateStyle::kYearFirst);
  return date ? date : parse_date(text, DateStyle::kPacked);
}

}  // namespace tessera::rfm
