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
constexpr std::size_t kSeparatorsAtOnce = 4096;

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
      separators_(columns_ + kSeparatorsAtOnce + numeric::kScanBytes),
      batch_(columns_) {
  if (!range.at_record) {
    skip_started_record();
  }
  forget_separators();
}

// Keeps what was not yet used, and makes room if that fills the buffer.
void RowReader::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  buffer_offset_ += at_;
  filled_ -= at_;
  at_ = 0;
  forget_separators();
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

void RowReader::forget_separators() {
  next_separator_ = 0;
  separators_end_ = 0;
  scanned_ = at_;
}

// Goes on from scanned_ until there are enough, or to a quote, or to the end of the buffer.
void RowReader::find_separators() {
  std::copy(separators_.begin() + static_cast<std::ptrdiff_t>(next_separator_),
            separators_.begin() + static_cast<std::ptrdiff_t>(separators_end_),
            separators_.begin());
  separators_end_ -= std::exchange(next_separator_, 0);
  std::uint32_t* out = separators_.data() + separators_end_;
  const std::uint32_t* const enough = separators_.data() + columns_ + kSeparatorsAtOnce;
  while (scanned_ < filled_ && out < enough) {
    const numeric::ByteBlock block(buffer_.data() + scanned_);
    numeric::ByteMask separators = block.either(delimiter_, '\n');
    const auto quote = static_cast<std::size_t>(std::countr_zero(block.either('"', '"')));
    const std::size_t valid = std::min({quote, filled_ - scanned_, numeric::kScanBytes});
    if (valid < numeric::kScanBytes) {
      separators &= (numeric::ByteMask{1} << valid) - 1;
    }
    for (; separators != 0; separators &= separators - 1) {
      *out++ = static_cast<std::uint32_t>(scanned_) +
               static_cast<std::uint32_t>(std::countr_zero(separators));
    }
    scanned_ += valid;
    if (valid == quote && quote < numeric::kScanBytes) {
      break;
    }
  }
  separators_end_ = static_cast<std::size_t>(out - separators_.data());
}

// Takes the record at at_ if it is whole, without quotes, and has the right number of fields.
bool RowReader::take_plain_record() {
  if (separators_end_ - next_separator_ < columns_) {
    find_separators();
    if (separators_end_ - next_separator_ < columns_) {
      return false;
    }
  }
  const std::uint32_t* const separators = separators_.data() + next_separator_;
  const char* const text = buffer_.data();
  const char* begin = text + at_;
  std::string_view* cell = batch_.next_row();
  for (std::size_t c = 0; c < columns_; ++c, cell += RowBatch::kStride) {
    const char* const separator = text + separators[c];
    if ((*separator == '\n') != (c + 1 == columns_)) {
      return false;
    }
    const char* end = separator;
    if (end != begin && end[-1] == '\r') {
      --end;
    }
    *cell = {begin, static_cast<std::size_t>(end - begin)};
    if (!is_trimmed(*cell)) {
      *cell = trim(*cell);
    }
    begin = separator + 1;
  }
  next_separator_ += columns_;
  at_ = static_cast<std::size_t>(begin - text);
  const bool blank = columns_ == 1 && batch_.next_row()->empty();
  if (!blank) {
    finish_row();
  }
  ++line_;
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
  if (at_ > scanned_) {
    forget_separators();
  }
  while (next_separator_ < separators_end_ && separators_[next_separator_] < at_) {
    ++next_separator_;
  }
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
