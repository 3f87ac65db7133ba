/// \file
/// Delimited text to a typed table: what `tessera ingest` does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/table/h5/table_writer.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

enum class Header {
  kAuto,  ///< the first record is a header unless a number in it stands above another number
  kYes,
  kNo,
};

enum class OnError {
  kStop,  ///< the first row that cannot be used is an error
  kSkip,  ///< such rows are left out, counted and reported
};

/// Cells that stand for "missing" besides the empty cell.
[[nodiscard]] std::vector<std::string> default_missing_markers();

/// A delimiter as a person reads it: "tab", or the character in single quotes.
[[nodiscard]] std::string delimiter_name(char delimiter);

struct IngestOptions {
  std::string input;
  /// Table file to write; empty to only examine the input.
  std::string output;
  /// One of any bytes but quote, CR, LF and space; nothing: detected among , ; tab |.
  std::optional<char> delimiter;
  Header header = Header::kAuto;
  std::vector<std::string> missing = default_missing_markers();
  /// Columns whose type is not to be inferred, by name.
  std::map<std::string, ColumnType> types;
  OnError on_error = OnError::kStop;
  /// Bytes that a rank reads at once.
  std::size_t chunk_bytes = std::size_t{256} << 10;
  /// Bytes of values that a rank keeps rather than read their text again.
  std::size_t kept_bytes = std::size_t{256} << 20;
};

/// What was found: the same whatever the ranks.
struct IngestReport {
  struct Rejection {
    std::uint64_t line = 0;  ///< where the row begins, counted from 1
    std::string reason;
  };
  struct ReportedColumn {
    std::string name;
    ColumnType type = ColumnType::kText;
    bool stated = false;  ///< the type was given rather than inferred
    ColumnSummary summary;
  };

  std::uint64_t bytes = 0;
  char delimiter = ',';
  bool header = false;
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  std::vector<Rejection> rejections;  ///< the first kListedRejections
  std::vector<ReportedColumn> columns;
  std::vector<std::string> notes;  ///< sentences that a person should read

  static constexpr std::size_t kListedRejections = 10;
};

/// Called on every rank now and then with what the rank is doing and how many of its bytes are
/// done.
using IngestProgress =
    std::function<void(std::string_view step, std::uint64_t done, std::uint64_t total)>;

/// Collective. Reads the delimited text `options.input` and writes it as a table (FORMAT.md). Each
/// rank reads a range of bytes in chunks: for the quotes that cross ranges, for the types, and once
/// more for the values of those rows that are beyond `kept_bytes`. Memory per rank: these, a few
/// chunks, and at most 16 MiB of distinct values per column.
///
/// Text: RFC 4180 with any of the four delimiters; LF and CRLF mixed; blank lines are skipped;
/// blanks around cells (no-break spaces too) are trimmed, also around the quotes of a quoted cell.
/// A quote within an unquoted cell is a character like others. Cells that are not UTF-8 are read as
/// Windows-1252, which a note counts.
///
/// Types, where none is stated, from all cells that are not missing: integer if each is a decimal
/// integer of 64 bits without plus sign or leading zeros (007 is an identifier); else real if each
/// is a decimal number; a column of integers of which some exceed 64 bits is not a number. Else
/// category if there are at most kMaxLevels distinct values, and either each stands in two rows on
/// average, or there are at most 20 and one stands twice; else text. A column without any value is
/// real. Unnamed columns are called column_N, and are dropped if they hold no value.
///
/// Throws on all ranks: kNoInput; kBadData (not text, nothing in it, an unclosed quote, a row that
/// cannot be used, a number that is not finite); kCannotCreate; kIo; kUsage if the output is the
/// input.
[[nodiscard]] IngestReport ingest(const comm::Communicator& comm, const IngestOptions& options,
                                  const IngestProgress& progress = {});

}  // namespace tessera::table
