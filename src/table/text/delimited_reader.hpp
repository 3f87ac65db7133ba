/// \file
/// The rows of a rank's byte range, read in chunks and handed on in batches, column by column.
/// Private to src/table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "table/records/format.hpp"
#include "table/text/delimited.hpp"
#include "table/text/quote_states.hpp"
#include "table/text/row_check.hpp"
#include "table/text/text_format.hpp"
#include "tessera/io/bytes.hpp"
#include "tessera/simd/separators.hpp"

namespace tessera::table {

/// Reads the records that begin in a range, each to its end, which may lie behind the range. Holds
/// one chunk of the file, or one record where that is longer.
///
/// Almost all records have as many fields as there are columns, and no quotes but around whole
/// fields. These are divided by the positions of their separators and quotes, which are found 64
/// bytes at a time, most simply where there is neither a quote nor anything to trim; all others go
/// through parse_record(), and those of dialects that are not plain through parse_wide_record().
class DelimitedReader final : public RowReader {
 public:
  /// All but the check, the range and `reject` outlive the reader.
  DelimitedReader(const io::Bytes& file, const QuoteRules& rules, const TextFormat& format,
                  RowCheck check, const TextRange& range, std::size_t chunk_bytes, Reject reject);

  [[nodiscard]] const CellBatch* next() override;
  [[nodiscard]] const std::vector<ColumnName>& names() const override { return names_; }
  [[nodiscard]] TextRange rest() const override {
    return {.begin = offset(),
            .end = std::max(offset(), range_.end),
            .line = line_,
            .state = QuoteState::kField,
            .at_record = true};
  }
  [[nodiscard]] const OddRows& odd_rows() const override { return odd_; }
  [[nodiscard]] std::uint64_t done() const override { return offset() - range_.begin; }

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
  void take_cells();
  void finish_row();

  const io::Bytes& file_;
  const Dialect dialect_;
  const bool is_plain_;
  const QuoteRules& rules_;
  const RowCheck check_;
  const std::vector<ColumnName>& names_;
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

  CellBatch batch_;
  Record record_;
  OddRows odd_;
};

}  // namespace tessera::table
