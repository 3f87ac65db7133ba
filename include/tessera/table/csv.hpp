/// \file
/// Writing delimited text (RFC 4180).
#pragma once

#include <string>
#include <string_view>

namespace tessera::table {

/// Appends one field to a line of comma-separated text, quoted if it needs to be.
inline void append_csv(std::string& line, std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += field;
    return;
  }
  line += '"';
  for (const char c : field) {
    line += c;
    if (c == '"') {
      line += c;
    }
  }
  line += '"';
}

}  // namespace tessera::table
