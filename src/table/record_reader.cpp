#include "record_reader.hpp"

#include <algorithm>

#include "tessera/base/error.hpp"

namespace tessera::table {

RecordReader::RecordReader(const io::InputFile& file, const QuoteRules& rules, char delimiter,
                           const TextRange& range, std::size_t chunk_bytes)
    : file_(file),
      rules_(rules),
      delimiter_(delimiter),
      range_(range),
      buffer_(chunk_bytes),
      buffer_offset_(range.begin),
      line_(range.line) {
  if (!range.at_record) {
    skip_started_record();
  }
}

// Keeps what was not yet used, and makes room if that fills the buffer.
void RecordReader::refill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
  buffer_offset_ += at_;
  filled_ -= at_;
  at_ = 0;
  if (filled_ > kMaxRecordBytes) {
    fail(ExitCode::kBadData,
         "{}, line {}: the record that begins here is longer than {} MiB; is a quote missing?",
         file_.path(), line_, kMaxRecordBytes >> 20U);
  }
  if (filled_ == buffer_.size()) {
    buffer_.resize(2 * buffer_.size());
  }
  const std::size_t got =
      file_.read_at(buffer_offset_ + filled_, std::span(buffer_).subspan(filled_));
  if (got == 0) {
    fail(ExitCode::kIo, "{} became shorter while it was read", file_.path());
  }
  filled_ += got;
}

void RecordReader::skip_started_record() {
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

const Record* RecordReader::next() {
  while (offset() < range_.end) {
    char* const begin = buffer_.data() + at_;
    char* const behind =
        parse_record(begin, buffer_.data() + filled_, at_end_of_file(), delimiter_, record_);
    if (behind == nullptr || at_ == filled_) {
      refill();
      continue;
    }
    at_ += static_cast<std::size_t>(behind - begin);
    record_line_ = line_;
    line_ += record_.newlines + 1;
    if (record_.unclosed) {
      fail(ExitCode::kBadData, "{}, line {}: a quote opened here is never closed", file_.path(),
           record_line_);
    }
    if (!record_.blank) {
      return &record_;
    }
  }
  return nullptr;
}

}  // namespace tessera::table
