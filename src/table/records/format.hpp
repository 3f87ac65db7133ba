/// \file
/// The joint between kinds of text and what is made of their rows. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "table/records/cell_batch.hpp"
#include "table/values/column_form.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/io/bytes.hpp"
#include "tessera/table/read_options.hpp"

namespace tessera::table {

enum class QuoteState : std::uint8_t;

/// A range of bytes and what is known of its start.
struct TextRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t line = 1;  ///< of the byte at `begin`, counted from 1
  QuoteState state{};      ///< of delimited text
  bool at_record = true;   ///< a record begins at `begin`
};

/// The first bytes of a file, and whether they are all of it.
struct Head {
  std::string name;  ///< of the file, for messages
  std::string text;
  bool whole = false;
};

/// Of a kind of text whose rows name their columns.
inline constexpr std::size_t kMostFoundColumns = 10'000;

struct ColumnName {
  std::string text;
  bool given = false;  ///< in the file, as opposed to column_N
};

/// Longest record: a longer one is taken for an error, such as a missing quote.
inline constexpr std::size_t kMaxRecordBytes = std::size_t{64} << 20;

/// What cells must be, by column; a row in which one is not is none.
struct RequiredCells {
  ColumnType type = ColumnType::kText;
  ColumnForm form{};  ///< dates: without a format they need not be any yet
};
using RequiredTypes = std::map<std::string, RequiredCells>;

/// Called with the line and the problem of each record that is no row.
using Reject = std::function<void(std::uint64_t line, const std::string& problem)>;

/// Rows, or lines, of one kind.
struct OddLines {
  std::uint64_t count = 0;
  std::uint64_t first = 0;  ///< the line of the first, if there is one

  void add(std::uint64_t line) { first = count++ == 0 ? line : first; }
};
/// What a reader did with some of the records, without being asked about each.
struct OddRows {
  OddLines filled;    ///< short rows, of which the lacking cells are missing
  OddLines comments;  ///< lines passed over
  OddLines totals;    ///< rows of totals left out
};

/// Reads the rows that begin in a range of bytes, each to its end, which may lie behind the range.
class RowReader {
 public:
  RowReader() = default;
  RowReader(const RowReader&) = delete;
  RowReader& operator=(const RowReader&) = delete;
  virtual ~RowReader() = default;

  /// The next rows; null at the end of the range. What the batch points to is valid until the next
  /// call. A batch has as many columns as names() then; there may be more from batch to batch.
  [[nodiscard]] virtual const CellBatch* next() = 0;
  [[nodiscard]] virtual const std::vector<ColumnName>& names() const = 0;
  /// The line in which a column that is not known before the rows appeared first.
  [[nodiscard]] virtual std::uint64_t first_line(std::size_t) const { return 0; }
  /// How many cells stand before such a column's in a row, at most.
  [[nodiscard]] virtual std::uint64_t place(std::size_t) const { return 0; }
  /// The line of the first array that stands in such a column; 0: of none.
  [[nodiscard]] virtual std::uint64_t first_array(std::size_t) const { return 0; }

  /// The part of the range behind the rows handed on.
  [[nodiscard]] virtual TextRange rest() const = 0;
  /// Of the rows handed on, and of what stands between them.
  [[nodiscard]] virtual const OddRows& odd_rows() const {
    static const OddRows none;
    return none;
  }
  /// Bytes of the range that are done.
  [[nodiscard]] virtual std::uint64_t done() const = 0;
};

/// The format of one file.
class RecordFormat {
 public:
  RecordFormat() = default;
  RecordFormat(const RecordFormat&) = delete;
  RecordFormat& operator=(const RecordFormat&) = delete;
  virtual ~RecordFormat() = default;

  /// The columns, if they are known before the rows; else none.
  [[nodiscard]] virtual const std::vector<ColumnName>& names() const = 0;
  /// What a person should know.
  [[nodiscard]] virtual const std::vector<std::string>& notes() const = 0;
  /// Of delimited text, for the report.
  [[nodiscard]] virtual char delimiter() const { return '\0'; }
  [[nodiscard]] virtual bool has_header() const { return false; }

  /// Where the first row begins, and its line.
  [[nodiscard]] virtual std::uint64_t data_begin() const = 0;
  [[nodiscard]] virtual std::uint64_t data_line() const = 0;

  using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;
  /// Collective: this rank's share of the bytes behind data_begin(). Throws kBadData on all ranks
  /// if they cannot be divided into records.
  [[nodiscard]] virtual TextRange locate(const comm::Communicator& comm, const io::Bytes& bytes,
                                         std::size_t chunk_bytes,
                                         const Progress& progress) const = 0;

  /// Bytes of the whole records at the beginning of a text that begins with a record; 0 if there
  /// is none.
  [[nodiscard]] virtual std::size_t whole_records(std::string_view text) const = 0;

  /// A reader of a range, which reads `chunk_bytes` at once. The format, the bytes and `missing`
  /// outlive it.
  [[nodiscard]] virtual std::unique_ptr<RowReader> read(const io::Bytes& bytes,
                                                        const TextRange& range,
                                                        std::size_t chunk_bytes,
                                                        const RequiredTypes& required,
                                                        Reject reject) const = 0;
};

/// One kind of text.
struct RecordKind {
  std::string_view name;                      ///< for --format
  std::span<const std::string_view> endings;  ///< of file names
  /// Whether a text of no known ending that begins so is of this kind.
  bool (*begins)(std::string_view head);
  /// The format of a file of this kind; null if a longer head is needed. Throws kBadData.
  std::unique_ptr<RecordFormat> (*open)(const Head& head, const ReadOptions& options);
  /// Of a kind that is no text: makes text of it. One rank does, and deals it out.
  std::unique_ptr<io::Stream> (*as_text)(std::unique_ptr<io::Stream> stream) = nullptr;
};

/// The list of kinds: a new one is a file of its own and a line in kinds.cpp. The last is that of
/// all other text.
[[nodiscard]] std::span<const RecordKind> record_kinds();

/// The kind that `format`, the ending of the file's name or its first bytes tell. Throws kUsage if
/// `format` is none.
[[nodiscard]] const RecordKind& kind_of(const std::string& format, const std::string& path,
                                        std::string_view head);

}  // namespace tessera::table
