#include "table/text/delimited_reader.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/simd/byte_scan.hpp"

namespace tessera::table {
namespace {

constexpr std::size_t kSlack = simd::kScanBytes;
static_assert(kSlack >= kCellSlack);
constexpr std::size_t kMarksAtOnce = 1024;
// Little, for a stray quote makes it necessary to scan again. A longer record is not taken as
// plain.
constexpr std::size_t kScannedAtOnce = std::size_t{16} << 10;

// Bit i of the result: whether an odd number of bits up to i is set.
simd::ByteMask parities(simd::ByteMask bits) {
  for (unsigned shift = 1; shift < simd::kScanBytes; shift *= 2) {
    bits ^= bits << shift;
  }
  return bits;
}

}  // namespace

DelimitedReader::DelimitedReader(const io::Bytes& file, const QuoteRules& rules,
                                 const TextFormat& format, RowCheck check, const TextRange& range,
                                 std::size_t chunk_bytes, Reject reject)
    : file_(file),
      dialect_(format.dialect),
      is_plain_(format.dialect.is_plain()),
      rules_(rules),
      check_(std::move(check)),
      names_(format.names),
      range_(range),
      reject_(std::move(reject)),
      columns_(format.names.size()),
      buffer_(chunk_bytes + kSlack),
      buffer_offset_(range.begin),
      line_(range.line),
      marks_(3 * columns_ + kMarksAtOnce + simd::SeparatorScan::kSlack),
      batch_(columns_) {
  scan_.delimiter = format.dialect.delimiter;
  if (!range.at_record) {
    skip_started_record();
  }
  forget_marks();
}

// Keeps what was not yet used, and makes room if that fills the buffer.
void DelimitedReader::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  buffer_offset_ += at_;
  filled_ -= at_;
  at_ = 0;
  forget_marks();
  if (filled_ > kMaxRecordBytes) {
    fail(ExitCode::kBadData,
         "{}, line {}: the record that begins here is longer than {} MiB; is a quote missing?",
         file_.name(), line_, kMaxRecordBytes >> 20U);
  }
  if (filled_ + kSlack == buffer_.size()) {
    buffer_.resize(2 * filled_ + kSlack);
  }
  const std::size_t room = buffer_.size() - kSlack - filled_;
  const std::size_t got =
      file_.read_at(buffer_offset_ + filled_, std::span(buffer_).subspan(filled_, room));
  if (got == 0) {
    fail(ExitCode::kIo, "{} became shorter while it was read", file_.name());
  }
  filled_ += got;
}

void DelimitedReader::skip_started_record() {
  QuoteState state = range_.state;
  while (offset() < range_.end) {
    if (at_ == filled_) {
      refill();
    }
    const char c = buffer_[at_++];
    if (c == '\n') {
      ++line_;
    }
    const bool ends_record = c == '\n' && !QuoteRules::is_within_quotes(state);
    state = rules_.next(state, c);
    if (ends_record) {
      return;
    }
  }
}

void DelimitedReader::forget_marks() {
  next_mark_ = 0;
  marks_end_ = 0;
  scan_.at = at_;
  scan_.after_separator = true;
  scan_.after_blank = false;
  scan_.trimmed_from = 0;
  scanned_within_quotes_ = false;
  quoted_newlines_ = false;
}

// Passes over those before at_. What lies behind an odd number of quotes was taken for quoted
// though a record begins here.
void DelimitedReader::pass_marks() {
  std::size_t quotes = 0;
  while (next_mark_ < marks_end_ && position_of(marks_[next_mark_]) < at_) {
    quotes += marks_[next_mark_++] / kQuote;
  }
  if (at_ > scan_.at || quotes % 2 == 1) {
    forget_marks();
  }
}

// Goes on from scan_.at until there are enough, or to the end of the buffer, or far ahead.
void DelimitedReader::find_marks() {
  std::copy(marks_.begin() + static_cast<std::ptrdiff_t>(next_mark_),
            marks_.begin() + static_cast<std::ptrdiff_t>(marks_end_), marks_.begin());
  marks_end_ -= std::exchange(next_mark_, 0);
  scan_.text = buffer_.data();
  scan_.out = marks_.data() + marks_end_;
  scan_.enough = marks_.data() + 3 * columns_ + kMarksAtOnce;
  const std::size_t far = std::min(filled_, at_ + kScannedAtOnce);
  scan_.end = std::min(filled_, far + simd::kScanBytes - 1);  // the last block may be whole
  while (scan_.at < far && scan_.out < scan_.enough) {
    if (!scanned_within_quotes_) {
      simd::scan_separators(scan_);
    }
    if (scan_.at < far && scan_.out < scan_.enough) {
      find_marks_with_quotes();
    }
  }
  marks_end_ = static_cast<std::size_t>(scan_.out - marks_.data());
}

// In the next block, which may be the last and not whole.
void DelimitedReader::find_marks_with_quotes() {
  const simd::ByteBlock block(buffer_.data() + scan_.at);
  const std::size_t valid = std::min(filled_ - scan_.at, simd::kScanBytes);
  const simd::ByteMask is_text = ~simd::ByteMask{0} >> (simd::kScanBytes - valid);
  const auto position = static_cast<std::uint32_t>(scan_.at);
  const simd::ByteMask quotes = block.equal('"') & is_text;
  const simd::ByteMask newlines = block.equal('\n') & is_text;
  const simd::ByteMask separators = newlines | (block.equal(scan_.delimiter) & is_text);
  const simd::ByteMask carried = scanned_within_quotes_ ? ~simd::ByteMask{0} : 0;
  const simd::ByteMask within = parities(quotes) ^ carried;
  quoted_newlines_ |= (newlines & within) != 0;
  scanned_within_quotes_ = (within >> (simd::kScanBytes - 1)) != 0;
  for (simd::ByteMask marks = (separators & ~within) | quotes; marks != 0; marks &= marks - 1) {
    const auto at = static_cast<std::uint32_t>(std::countr_zero(marks));
    *scan_.out++ = (position + at) | static_cast<std::uint32_t>(quotes >> at & 1U) * kQuote |
                   static_cast<std::uint32_t>(newlines >> at & 1U) * kNewline;
  }
  scan_.at += valid;
  scan_.trimmed_from = scan_.at;
  scan_.after_separator = true;
  scan_.after_blank = true;
}

// Takes the record at at_ if it is whole and nothing in it calls for a closer look: no quotes, the
// right number of fields, nothing to trim.
bool DelimitedReader::take_simple_record() {
  if (at_ < scan_.trimmed_from || marks_end_ - next_mark_ < columns_ || columns_ == 1) {
    return false;
  }
  const std::uint32_t* mark = marks_.data() + next_mark_;
  const std::uint32_t* const last = mark + columns_ - 1;
  const char* const text = buffer_.data();
  const char* begin = text + at_;
  std::string_view* cell = batch_.next_row();
  std::uint32_t all = 0;
  for (; mark != last; ++mark, cell += CellBatch::kStride) {
    all |= *mark;
    const char* const end = text + position_of(*mark);
    *cell = {begin, static_cast<std::size_t>(end - begin)};
    begin = end + 1;
  }
  if ((all & kNewline) != 0 || (*last & kNewline) == 0) {
    return false;
  }
  const char* const end = text + position_of(*last);
  *cell = trim({begin, static_cast<std::size_t>(end - begin)});
  next_mark_ += columns_;
  at_ = static_cast<std::size_t>(end + 1 - text);
  finish_row();
  ++line_;
  return true;
}

// Takes the record at at_ if it is whole and plain: the right number of fields, each without
// quotes or wholly within.
bool DelimitedReader::take_plain_record() {
  const std::uint32_t* mark = marks_.data() + next_mark_;
  const std::uint32_t* const marks_end = marks_.data() + marks_end_;
  const char* const text = buffer_.data();
  const char* begin = text + at_;
  std::string_view* cell = batch_.next_row();
  bool any_quoted = false;
  std::uint64_t newlines = 0;
  for (std::size_t c = 0; c < columns_; ++c, cell += CellBatch::kStride) {
    if (mark == marks_end) {
      return false;
    }
    const char* separator = text + position_of(*mark);
    const char* end = separator;
    if ((*mark & kQuote) != 0) {
      // Quotes come in pairs here, and a separator behind the second.
      if (marks_end - mark < 3 || text + position_of(*mark) != begin || (mark[2] & kQuote) != 0) {
        return false;
      }
      end = text + position_of(mark[1]);
      separator = text + position_of(mark[2]);
      if (separator - end > (end[1] == '\r' ? 2 : 1)) {
        return false;
      }
      ++begin;
      mark += 2;
      any_quoted = true;
      if (quoted_newlines_) {
        newlines += static_cast<std::uint64_t>(std::count(begin, end, '\n'));
      }
    } else if (end != begin && end[-1] == '\r') {
      --end;
    }
    if ((*separator == '\n') != (c + 1 == columns_)) {
      return false;
    }
    *cell = {begin, static_cast<std::size_t>(end - begin)};
    if (!is_trimmed(*cell)) {
      *cell = trim(*cell);
    }
    begin = separator + 1;
    ++mark;
  }
  next_mark_ = static_cast<std::size_t>(mark - marks_.data());
  at_ = static_cast<std::size_t>(begin - text);
  const bool blank = columns_ == 1 && !any_quoted && batch_.next_row()->empty();
  if (!blank) {
    finish_row();
  }
  line_ += newlines + 1;
  return true;
}

// Takes the record at at_ whatever it is; false if it is not whole.
bool DelimitedReader::take_any_record() {
  char* const begin = buffer_.data() + at_;
  char* const end = buffer_.data() + filled_;
  char* const behind = is_plain_
                           ? parse_record(begin, end, at_end_of_file(), dialect_.delimiter, record_)
                           : parse_wide_record(begin, end, at_end_of_file(), dialect_, record_);
  if (behind == nullptr || at_ == filled_) {
    return false;
  }
  at_ += static_cast<std::size_t>(behind - begin);
  pass_marks();
  if (record_.unclosed) {
    fail(ExitCode::kBadData, "{}, line {}: a quote opened here is never closed", file_.name(),
         line_);
  }
  if (record_.comment) {
    odd_.comments.add(line_);
  } else if (!record_.blank) {
    take_cells();
  }
  line_ += record_.newlines + 1;
  return true;
}

void DelimitedReader::take_cells() {
  if (check_.fills() && record_.cells.size() < columns_) {
    record_.cells.resize(columns_);
    odd_.filled.add(line_);
  }
  if (const std::optional<std::string> problem = check_.problem_of_form(record_)) {
    reject_(line_, *problem);
    return;
  }
  std::string_view* const row = batch_.next_row();
  for (std::size_t c = 0; c < columns_; ++c) {
    row[c * CellBatch::kStride] = record_.cells[c];
  }
  finish_row();
}

void DelimitedReader::finish_row() {
  if (check_.looks_at_cells()) {
    if (check_.leaves_out(batch_.next_row(), CellBatch::kStride)) {
      odd_.totals.add(line_);
      return;
    }
    if (const std::optional<std::string> problem =
            check_.problem_of_values(batch_.next_row(), CellBatch::kStride)) {
      reject_(line_, *problem);
      return;
    }
  }
  batch_.add_row(line_);
}

const CellBatch* DelimitedReader::next() {
  batch_.clear();
  while (offset() < range_.end && !batch_.full()) {
    if (is_plain_ && marks_end_ - next_mark_ < 3 * columns_ && scan_.at < filled_) {
      find_marks();
    }
    if ((is_plain_ && (take_simple_record() || take_plain_record())) || take_any_record()) {
      continue;
    }
    if (batch_.size() > 0) {
      break;  // its cells are in the buffer
    }
    refill();
  }
  return batch_.size() > 0 ? &batch_ : nullptr;
}

}  // namespace tessera::table
