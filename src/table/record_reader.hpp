/// \file
/// The records of a rank's byte range, read in chunks. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "delimited.hpp"
#include "quote_states.hpp"
#include "tessera/io/file.hpp"

namespace tessera::table {

/// A range of bytes and what is known of its start.
struct TextRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t line = 1;  ///< of the byte at `begin`, counted from 1
  QuoteState state = QuoteState::kField;
  bool at_record = true;  ///< a record begins at `begin`
};

/// Reads the records that begin in a range, each to its end, which may lie behind the range. Holds
/// one chunk of the file, or one record where that is longer.
class RecordReader {
 public:
  RecordReader(const io::InputFile& file, const QuoteRules& rules, char delimiter,
               const TextRange& range, std::size_t chunk_bytes);

  /// The next record that is not blank; null at the end of the range. What it points to is valid
  /// until the next call.
  [[nodiscard]] const Record* next();

  /// Line in which the record of the last next() begins.
  [[nodiscard]] std::uint64_t line() const { return record_line_; }
  /// Bytes of the range that are done.
  [[nodiscard]] std::uint64_t done() const { return offset() - range_.begin; }

 private:
  [[nodiscard]] std::uint64_t offset() const { return buffer_offset_ + at_; }
  [[nodiscard]] bool at_end_of_file() const { return buffer_offset_ + filled_ == file_.size(); }
  void refill();
  void skip_started_record();

  const io::InputFile& file_;
  const QuoteRules& rules_;
  char delimiter_;
  TextRange range_;
  std::vector<char> buffer_;
  std::uint64_t buffer_offset_;  // in the file, of the buffer's first byte
  std::size_t filled_ = 0;
  std::size_t at_ = 0;
  std::uint64_t line_;
  std::uint64_t record_line_ = 0;
  Record record_;
};

}  // namespace tessera::table
