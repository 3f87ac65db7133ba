/// \file
/// The rows of a rank's byte range, read in chunks and handed on in batches, column by column.
/// Private to src/table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "table/text/delimited.hpp"
#include "table/text/quote_states.hpp"
#include "table/text/row_check.hpp"
#include "table/text/text_format.hpp"
#include "tessera/io/file.hpp"
#include "tessera/simd/separators.hpp"

namespace tessera::table {

/// A range of bytes and what is known of its start.
struct TextRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t line = 1;  ///< of the byte at `begin`, counted from 1
  QuoteState state = QuoteState::kField;
  bool at_record = true;  ///< a record begins at `begin`
};

/// Cells of some rows. A cell's bytes can be read as a whole word: kCellSlack bytes from its start
/// are readable, however short it is.
class RowBatch {
 public:
  /// Few enough that the views of all columns stay in a core's cache.
  static constexpr std::size_t kCapacity = 256;

  explicit RowBatch(std::size_t columns) : cells_(columns * kStride), lines_(kCapacity) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool full() const { return size_ == kCapacity; }
  [[nodiscard]] std::span<const std::string_view> column(std::size_t c) const {
    return std::span(cells_).subspan(c * kStride, size_);
  }
  /// The line in which each row begins.
  [[nodiscard]] std::span<const std::uint64_t> lines() const {
    return std::span(lines_).first(size_);
  }

  void clear() { size_ = 0; }
  /// The cells of the row behind the last, kStride apart, to be filled in before it is added.
  [[nodiscard]] std::string_view* next_row() { return cells_.data() + size_; }
  void add_row(std::uint64_t line) { lines_[size_++] = line; }

  /// More than the capacity: columns a power of two apart would share the same few cache lines.
  static constexpr std::size_t kStride = kCapacity + 4;

 private:
  std::vector<std::string_view> cells_;
  std::vector<std::uint64_t> lines_;
  std::size_t size_ = 0;
};

/// Reads the records that begin in a range, each to its end, which may lie behind the range. Holds
/// one chunk of the file, or one record where that is longer.
///
/// Almost all records have as many fields as there are columns, and no quotes but around whole
/// fields. These are divided by the positions of their separators and quotes, which are found 64
/// bytes at a time, most simply where there is neither a quote nor anything to trim; all others go
/// through parse_record().
class RowReader {
 public:
  /// Called with the line and the problem of each record that is no row.
  using Reject = std::function<void(std::uint64_t line, const std::string& problem)>;

  RowReader(const io::InputFile& file, const QuoteRules& rules, const TextFormat& format,
            const RowCheck& check, const TextRange& range, std::size_t chunk_bytes, Reject reject);

  /// The next rows; null at the end of the range. What the batch points to is valid until the next
  /// call.
  [[nodiscard]] const RowBatch* next();

  /// The part of the range behind the rows handed on.
  [[nodiscard]] TextRange rest() const {
    return {.begin = offset(),
            .end = std::max(offset(), range_.end),
            .line = line_,
            .state = QuoteState::kField,
            .at_record = true};
  }
  /// Bytes of the range that are done.
  [[nodiscard]] std::uint64_t done() const { return offset() - range_.begin; }

 private:
  [[nodiscard]] std::uint64_t offset() const { return buffer_offset_ + at_; }
  [[nodiscard]] bool at_end_of_file() const { return buffer_offset_ + filled_ == file_.size(); }
  void refill();
  void skip_started_record();
  [[nodiscard]] static std::uint32_t position_of(std::uint32_t mark) {
    return mark & ~(kQuote | kNewline);
  }
  void find_marks();
  void find_marks_with_quotes();
  void forget_marks();
  void pass_marks();
  bool take_simple_record();
  bool take_plain_record();
  bool take_any_record();
  void finish_row();

  const io::InputFile& file_;
  const QuoteRules& rules_;
  const RowCheck& check_;
  TextRange range_;
  Reject reject_;
  std::size_t columns_;

  std::vector<char> buffer_;     // with room for a word or block that begins within the text
  std::uint64_t buffer_offset_;  // in the file, of the buffer's first byte
  std::size_t filled_ = 0;
  std::size_t at_ = 0;
  std::uint64_t line_;

  // Positions in the buffer, within [at_, scan_.at), of the quotes, marked by kQuote, and of the
  // separators outside of quotes, newlines marked by kNewline, if each quote opens or closes a
  // quoted part. All quotes stand before scan_.trimmed_from.
  static constexpr std::uint32_t kQuote = std::uint32_t{1} << 31U;
  static constexpr std::uint32_t kNewline = simd::SeparatorScan::kNewline;
  std::vector<std::uint32_t> marks_;
  std::size_t next_mark_ = 0;
  std::size_t marks_end_ = 0;
  simd::SeparatorScan scan_;
  bool scanned_within_quotes_ = false;
  bool quoted_newlines_ = false;  // there are some in what was scanned

  RowBatch batch_;
  Record record_;
};

}  // namespace tessera::table
