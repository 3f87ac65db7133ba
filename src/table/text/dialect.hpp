/// \file
/// How a delimited file is punctuated. Private to src/table.
#pragma once

namespace tessera::table {

struct Dialect {
  /// Between fields; a space stands for any run of spaces and tabs, of which those at both ends of
  /// a line divide nothing.
  char delimiter = ',';
  char escape = '\0';   ///< before a quote within quotes, or before itself; 0: there is none
  char comment = '\0';  ///< lines that begin with it are passed over; 0: there is none

  [[nodiscard]] bool is_by_blanks() const { return delimiter == ' '; }
  /// As of RFC 4180, but for the delimiter.
  [[nodiscard]] bool is_plain() const {
    return !is_by_blanks() && escape == '\0' && comment == '\0';
  }
};

}  // namespace tessera::table
