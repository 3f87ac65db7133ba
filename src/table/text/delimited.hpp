/// \file
/// Records of delimited text in memory (RFC 4180). Private to src/table.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "table/text/dialect.hpp"

namespace tessera::table {

struct Record {
  std::vector<std::string_view> cells;  ///< trimmed, quotes removed
  std::uint64_t newlines = 0;           ///< within quoted cells
  bool blank = false;                   ///< nothing but blanks
  bool comment = false;                 ///< a line that is passed over
  bool unclosed = false;                ///< the text ended within quotes
  /// Cell behind whose closing quote more text follows, counted from 1; 0 if there is none.
  std::size_t garbled_cell = 0;
};

/// Reads the record at `begin` and returns where the next one begins; null if the record does not
/// end before `end`, in which case nothing was changed. `last`: nothing follows `end`, which then
/// ends the record. The cells point into the text, in which doubled quotes are made single.
char* parse_record(char* begin, char* end, bool last, char delimiter, Record& record);

/// The same in a dialect that is not plain.
char* parse_wide_record(char* begin, char* end, bool last, const Dialect& dialect, Record& record);

/// True if a glance at both ends shows that there is nothing to trim: neither a blank nor a byte
/// above 0x7F.
[[nodiscard]] inline bool is_trimmed(std::string_view cell) {
  const auto is_plain = [](char c) { return static_cast<signed char>(c) > ' '; };
  return cell.empty() || (is_plain(cell.front()) && is_plain(cell.back()));
}

/// Without blanks at both ends: space, tab, CR, LF, and the no-break space in UTF-8 and in Latin-1.
[[nodiscard]] std::string_view trim(std::string_view cell);

}  // namespace tessera::table
