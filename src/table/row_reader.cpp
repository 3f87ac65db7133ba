#include "row_reader.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/numeric/byte_scan.hpp"

namespace tessera::table {
namespace {

constexpr std::size_t kSlack = numeric::kScanBytes;
static_assert(kSlack >= kCellSlack);
constexpr std::size_t kMarksAtOnce = 1024;
// Little, for a stray quote makes it necessary to scan again. A longer record is not taken as
// plain.
constexpr std::size_t kScannedAtOnce = std::size_t{16} << 10;

// Bit i of the result: whether an odd number of bits up to i is set.
numeric::ByteMask parities(numeric::ByteMask bits) {
  for (unsigned shift = 1; shift < numeric::kScanBytes; shift *= 2) {
    bits ^= bits << shift;
  }
  return bits;
}

}  // namespace

RowReader::RowReader(const io::InputFile& file, const QuoteRules& rules, const TextFormat& format,
                     const RowCheck& check, const TextRange& range, std::size_t chunk_bytes,
                     Reject reject)
    : file_(file),
      rules_(rules),
      check_(check),
      range_(range),
      reject_(std::move(reject)),
      delimiter_(format.delimiter),
      columns_(format.names.size()),
      buffer_(chunk_bytes + kSlack),
      buffer_offset_(range.begin),
      line_(range.line),
      marks_(3 * columns_ + kMarksAtOnce + numeric::kScanBytes),
      batch_(columns_) {
  if (!range.at_record) {
    skip_started_record();
  }
  forget_marks();
}

// Keeps what was not yet used, and makes room if that fills the buffer.
void RowReader::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  buffer_offset_ += at_;
  filled_ -= at_;
  at_ = 0;
  forget_marks();
  if (filled_ > kMaxRecordBytes) {
    fail(ExitCode::kBadData,
         "{}, line {}: the record that begins here is longer than {} MiB; is a quote missing?",
         file_.path(), line_, kMaxRecordBytes >> 20U);
  }
  if (filled_ + kSlack == buffer_.size()) {
    buffer_.resize(2 * filled_ + kSlack);
  }
  const std::size_t room = buffer_.size() - kSlack - filled_;
  const std::size_t got =
      file_.read_at(buffer_offset_ + filled_, std::span(buffer_).subspan(filled_, room));
  if (got == 0) {
    fail(ExitCode::kIo, "{} became shorter while it was read", file_.path());
  }
  filled_ += got;
}

void RowReader::skip_started_record() {
  QuoteState state = range_.state;
  while (offset() < range_.end) {
    if (at_ == filled_) {
      refill();
    }
    const char c = buffer_[at_++];
    if (c == '\n') {
      ++line_;
    }
    const bool ends_record = c == '\n' && state != QuoteState::kQuoted;
    state = rules_.next(state, c);
    if (ends_record) {
      return;
    }
  }
}

void RowReader::forget_marks() {
  next_mark_ = 0;
  marks_end_ = 0;
  scanned_ = at_;
  scanned_within_quotes_ = false;
  quoted_newlines_ = false;
}

// Passes over those before at_. What lies behind an odd number of quotes was taken for quoted
// though a record begins here.
void RowReader::pass_marks() {
  std::size_t quotes = 0;
  while (next_mark_ < marks_end_ && (marks_[next_mark_] & ~kQuote) < at_) {
    quotes += marks_[next_mark_++] / kQuote;
  }
  if (at_ > scanned_ || quotes % 2 == 1) {
    forget_marks();
  }
}

// Goes on from scanned_ until there are enough, or to the end of the buffer, or far ahead.
void RowReader::find_marks() {
  std::copy(marks_.begin() + static_cast<std::ptrdiff_t>(next_mark_),
            marks_.begin() + static_cast<std::ptrdiff_t>(marks_end_), marks_.begin());
  marks_end_ -= std::exchange(next_mark_, 0);
  std::uint32_t* out = marks_.data() + marks_end_;
  const std::uint32_t* const enough = marks_.data() + 3 * columns_ + kMarksAtOnce;
  const std::size_t far = std::min(filled_, at_ + kScannedAtOnce);
  while (scanned_ < far && out < enough) {
    const numeric::ByteBlock block(buffer_.data() + scanned_);
    const std::size_t valid = std::min(filled_ - scanned_, numeric::kScanBytes);
    const numeric::ByteMask is_text = ~numeric::ByteMask{0} >> (numeric::kScanBytes - valid);
    const auto position = static_cast<std::uint32_t>(scanned_);
    numeric::ByteMask marks = block.either(delimiter_, '\n') & is_text;
    const numeric::ByteMask quotes = block.either('"', '"') & is_text;
    if (quotes == 0 && !scanned_within_quotes_) {
      for (; marks != 0; marks &= marks - 1) {
        *out++ = position + static_cast<std::uint32_t>(std::countr_zero(marks));
      }
    } else {
      const numeric::ByteMask carried = scanned_within_quotes_ ? ~numeric::ByteMask{0} : 0;
      const numeric::ByteMask within = parities(quotes) ^ carried;
      quoted_newlines_ |= (block.either('\n', '\n') & is_text & within) != 0;
      scanned_within_quotes_ = (within >> (numeric::kScanBytes - 1)) != 0;
      for (marks = (marks & ~within) | quotes; marks != 0; marks &= marks - 1) {
        const auto at = static_cast<std::uint32_t>(std::countr_zero(marks));
        *out++ = (position + at) | static_cast<std::uint32_t>(quotes >> at & 1U) * kQuote;
      }
    }
    scanned_ += valid;
  }
  marks_end_ = static_cast<std::size_t>(out - marks_.data());
}

// Takes the record at at_ if it is whole and plain: the right number of fields, each without
// quotes or wholly within.
bool RowReader::take_plain_record() {
  if (marks_end_ - next_mark_ < 3 * columns_ && scanned_ < filled_) {
    find_marks();
  }
  const std::uint32_t* mark = marks_.data() + next_mark_;
  const std::uint32_t* const marks_end = marks_.data() + marks_end_;
  const char* const text = buffer_.data();
  const char* begin = text + at_;
  std::string_view* cell = batch_.next_row();
  bool any_quoted = false;
  std::uint64_t newlines = 0;
  for (std::size_t c = 0; c < columns_; ++c, cell += RowBatch::kStride) {
    if (mark == marks_end) {
      return false;
    }
    const char* separator = text + *mark;
    const char* end = separator;
    if ((*mark & kQuote) != 0) {
      // Quotes come in pairs here, and a separator behind the second.
      if (marks_end - mark < 3 || text + (*mark & ~kQuote) != begin || (mark[2] & kQuote) != 0) {
        return false;
      }
      end = text + (mark[1] & ~kQuote);
      separator = text + mark[2];
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
bool RowReader::take_any_record() {
  char* const begin = buffer_.data() + at_;
  char* const behind =
      parse_record(begin, buffer_.data() + filled_, at_end_of_file(), delimiter_, record_);
  if (behind == nullptr || at_ == filled_) {
    return false;
  }
  at_ += static_cast<std::size_t>(behind - begin);
  pass_marks();
  if (record_.unclosed) {
    fail(ExitCode::kBadData, "{}, line {}: a quote opened here is never closed", file_.path(),
         line_);
  }
  if (!record_.blank) {
    if (const std::optional<std::string> problem = check_.problem_of_form(record_)) {
      reject_(line_, *problem);
    } else {
      std::string_view* const row = batch_.next_row();
      for (std::size_t c = 0; c < columns_; ++c) {
        row[c * RowBatch::kStride] = record_.cells[c];
      }
      finish_row();
    }
  }
  line_ += record_.newlines + 1;
  return true;
}

void RowReader::finish_row() {
  if (check_.checks_values()) {
    if (const std::optional<std::string> problem =
            check_.problem_of_values(batch_.next_row(), RowBatch::kStride)) {
      reject_(line_, *problem);
      return;
    }
  }
  batch_.add_row(line_);
}

const RowBatch* RowReader::next() {
  batch_.clear();
  while (offset() < range_.end && !batch_.full()) {
    if (take_plain_record() || take_any_record()) {
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
