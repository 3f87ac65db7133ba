/// \file
/// Text to a typed table in a file: what `tessera ingest` does.
#pragma once

#include <cstddef>
#include <string>

#include "tessera/comm/communicator.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/read_report.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {

struct IngestOptions : ReadOptions {
  /// As of open_source().
  std::string input;
  /// Table file to write; empty to only examine the input.
  std::string output;
  /// Bytes that a rank reads at once.
  std::size_t chunk_bytes = std::size_t{256} << 10;
  /// Bytes of values that a rank keeps rather than read their text again: at most these, and no
  /// more than an eighth of its memory, unless that is less than 256 MiB.
  std::size_t kept_bytes = std::size_t{1} << 30U;
};

/// Collective. Reads the text `options.input` and writes it as a table (FORMAT.md). Of plain files
/// each rank reads a range of bytes in chunks: for the quotes that cross ranges, for the types, and
/// once more for the values of those rows that are beyond `kept_bytes`. Memory per rank: these, a
/// few chunks, and at most 16 MiB of distinct values per column.
///
/// Delimited text: RFC 4180 with any of the four delimiters, or runs of blanks; LF and CRLF mixed,
/// or CR alone; blank lines are skipped; titles, comments, escapes and encodings as doc/formats.md
/// says; blanks around cells (no-break spaces too) are trimmed, also around the quotes of a quoted
/// cell. A quote within an unquoted cell is a character like others. Cells that are not UTF-8 are
/// read as Windows-1252, which a note counts.
///
/// Types, where none is stated, from all cells that are not missing: integer if each is a decimal
/// integer of 64 bits without plus sign or leading zeros (007 is an identifier); else real if each
/// is a decimal number; a column of integers of which some exceed 64 bits is not a number. Else
/// category if there are at most kMaxLevels distinct values, and either each stands in two rows on
/// average, or there are at most 20 and one stands twice; else text. A column without any value is
/// real. Unnamed columns are called column_N, and are dropped if they hold no value.
///
/// Throws on all ranks: kNoInput; kBadData (not text, nothing in it, an unclosed quote, a row that
/// cannot be used, a number that is not finite); kCannotCreate; kIo; kUsage if the output is an
/// input.
[[nodiscard]] ReadReport ingest(const comm::Communicator& comm, const IngestOptions& options,
                                Progress& progress = no_progress());

}  // namespace tessera::table
