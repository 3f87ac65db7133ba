/// \file
/// Writing delimited text (RFC 4180).
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace tessera::table {

/// Characters that write_csv() may need for a field.
[[nodiscard]] constexpr std::size_t longest_csv(std::string_view field) {
  return 2 * field.size() + 2;
}

/// Writes one field of a line of comma-separated text to `at`, quoted if it needs to be; returns
/// its end.
inline char* write_csv(char* at, std::string_view field) {
  const auto asks_for_quotes = [](char c) {
    return c == ',' || c == '"' || c == '\r' || c == '\n';
  };
  if (std::ranges::none_of(field, asks_for_quotes)) {
    return std::ranges::copy(field, at).out;
  }
  *at++ = '"';
  for (const char c : field) {
    *at++ = c;
    if (c == '"') {
      *at++ = c;
    }
  }
  *at++ = '"';
  return at;
}

}  // namespace tessera::table
