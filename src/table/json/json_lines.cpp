#include "table/json/json_lines.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "table/json/json_row.hpp"
#include "table/text/row_check.hpp"
#include "table/values/number.hpp"
#include "tessera/base/error.hpp"
#include "tessera/simd/separators.hpp"

namespace tessera::table {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlanks = " \t\r\n";

class JsonLinesReader final : public RowReader {
 public:
  JsonLinesReader(const io::Bytes& file, const MissingMarkers& missing,
                  const RequiredTypes& required, const TextRange& range, std::size_t chunk_bytes,
                  Reject reject)
      : file_(file),
        missing_(missing),
        required_(required),
        range_(range),
        reject_(std::move(reject)),
        buffer_(chunk_bytes + kJsonSlack),
        buffer_offset_(range.begin),
        line_(range.line) {
    std::string_view line;
    if (!range.at_record && next_line(line)) {
      pass(line);
    }
  }

  [[nodiscard]] const CellBatch* next() override {
    batch_.clear();
    row_.clear_texts();
    while (!batch_.full() && buffer_offset_ + at_ < range_.end) {
      std::string_view line;
      if (!find_line(line)) {
        if (batch_.size() > 0) {
          break;  // its cells are in the buffer
        }
        refill();
        continue;
      }
      take(line);
      pass(line);
    }
    return batch_.size() > 0 ? &batch_ : nullptr;
  }

  [[nodiscard]] const std::vector<ColumnName>& names() const override { return names_; }
  [[nodiscard]] std::uint64_t first_line(std::size_t column) const override {
    return first_lines_[column];
  }
  [[nodiscard]] std::uint64_t place(std::size_t column) const override { return places_[column]; }
  [[nodiscard]] std::uint64_t first_array(std::size_t column) const override {
    return first_arrays_[column];
  }
  [[nodiscard]] TextRange rest() const override {
    const std::uint64_t offset = buffer_offset_ + at_;
    return {.begin = offset, .end = std::max(offset, range_.end), .line = line_};
  }
  [[nodiscard]] std::uint64_t done() const override { return buffer_offset_ + at_ - range_.begin; }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  // The line at at_ with its end; false if it is not whole.
  [[nodiscard]] bool find_line(std::string_view& line) const {
    const std::string_view text(buffer_.data() + at_, filled_ - at_);
    const std::size_t newline = text.find('\n');
    const bool last = buffer_offset_ + filled_ == file_.size();
    if (newline == std::string_view::npos && (!last || text.empty())) {
      return false;
    }
    line = text.substr(0, newline == std::string_view::npos ? text.size() : newline + 1);
    return true;
  }

  bool next_line(std::string_view& line) {
    while (buffer_offset_ + at_ < range_.end) {
      if (find_line(line)) {
        return true;
      }
      refill();
    }
    return false;
  }

  void pass(std::string_view line) {
    at_ += line.size();
    line_ += line.ends_with('\n') ? 1U : 0U;
  }

  // Keeps what was not yet used, and makes room if that fills the buffer.
  void refill() {
    std::memmove(buffer_.data(), buffer_.data() + at_, filled_ - at_);
    buffer_offset_ += at_;
    filled_ -= std::exchange(at_, 0);
    if (filled_ > kMaxRecordBytes) {
      fail(ExitCode::kBadData, "{}, line {}: it is longer than {} MiB", file_.name(), line_,
           kMaxRecordBytes >> 20U);
    }
    if (filled_ + kJsonSlack == buffer_.size()) {
      buffer_.resize(2 * filled_ + kJsonSlack);
    }
    const std::size_t got =
        file_.read_at(buffer_offset_ + filled_,
                      std::span(buffer_).subspan(filled_, buffer_.size() - kJsonSlack - filled_));
    if (got == 0) {
      fail(ExitCode::kIo, "{} became shorter while it was read", file_.name());
    }
    filled_ += got;
  }

  void take(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) {
      return;
    }
    line = line.substr(begin, line.find_last_not_of(kBlanks) + 1 - begin);
    std::optional<std::string> problem = row_.parse(line);
    if (!problem) {
      problem = problem_of_values();
    }
    if (row_.has_too_many_keys()) {
      fail(ExitCode::kBadData, "{}, line {}: {}", file_.name(), line_, *problem);
    }
    if (problem) {
      reject_(line_, *problem);
      return;
    }
    for (std::size_t c = 0; c < names_.size(); ++c) {
      batch_.next_row()[c * CellBatch::kStride] = {};
    }
    std::uint64_t place = 0;
    for (const JsonRow::Cell& found : row_.cells()) {
      const std::size_t column = column_of(found.member);  // which may move the cells
      batch_.next_row()[column * CellBatch::kStride] = found.text;
      places_[column] = std::max(places_[column], place++);
      if (found.is_array && first_arrays_[column] == 0) {
        first_arrays_[column] = line_;
      }
    }
    batch_.add_row(line_);
  }

  [[nodiscard]] std::optional<std::string> problem_of_values() const {
    if (required_.empty()) {
      return std::nullopt;
    }
    for (const JsonRow::Cell& cell : row_.cells()) {
      const std::string& name = row_.name_of(cell.member);
      const auto type = required_.find(name);
      if (type != required_.end() && cell.is_array) {
        return fmt::format("column '{}': an array cannot be a value of a table", name);
      }
      if (type == required_.end() || missing_.match(cell.text)) {
        continue;
      }
      if (const std::string problem =
              problem_of_cell(cell.text, type->second.type, type->second.form);
          !problem.empty()) {
        return cell_problem(name, cell.text, problem);
      }
    }
    return std::nullopt;
  }

  // Columns are those of rows: what a rejected line alone has is none.
  std::size_t column_of(std::size_t member) {
    if (member >= columns_.size()) {
      columns_.resize(member + 1, kNone);
    }
    if (columns_[member] == kNone) {
      columns_[member] = names_.size();
      names_.push_back({row_.name_of(member), true});
      first_lines_.push_back(line_);
      places_.push_back(0);
      first_arrays_.push_back(0);
      batch_.add_column();
    }
    return columns_[member];
  }

  const io::Bytes& file_;
  const MissingMarkers& missing_;
  const RequiredTypes& required_;
  TextRange range_;
  Reject reject_;
  std::vector<char> buffer_;
  std::uint64_t buffer_offset_;  // in the file, of the buffer's first byte
  std::size_t filled_ = 0;
  std::size_t at_ = 0;
  std::uint64_t line_;
  JsonRow row_;
  std::vector<std::size_t> columns_;  // per member
  std::vector<ColumnName> names_;
  std::vector<std::uint64_t> first_lines_;
  std::vector<std::uint64_t> places_;
  std::vector<std::uint64_t> first_arrays_;
  CellBatch batch_{0};
};

class JsonLinesFormat final : public RecordFormat {
 public:
  JsonLinesFormat(const Head& head, const ReadOptions& options)
      : missing_(options.missing),
        begin_(head.text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0) {}

  [[nodiscard]] const std::vector<ColumnName>& names() const override { return names_; }
  [[nodiscard]] const std::vector<std::string>& notes() const override { return notes_; }
  [[nodiscard]] std::uint64_t data_begin() const override { return begin_; }
  [[nodiscard]] std::uint64_t data_line() const override { return 1; }

  // A newline is never within a record.
  [[nodiscard]] TextRange locate(const comm::Communicator& comm, const io::Bytes& bytes,
                                 std::size_t chunk_bytes, const Progress& progress) const override {
    comm::Share share = comm::share_of(bytes.size() - begin_, comm.rank(), comm.size());
    share.first += begin_;
    std::uint64_t newlines = 0;
    char before = '\n';
    comm.together([&] {
      std::vector<char> buffer(chunk_bytes);
      for (std::uint64_t done = 0; done < share.count;) {
        const std::size_t got = bytes.read_at(
            share.first + done,
            std::span(buffer).first(std::min<std::uint64_t>(chunk_bytes, share.count - done)));
        if (got == 0) {
          fail(ExitCode::kIo, "{} became shorter while it was read", bytes.name());
        }
        newlines += simd::take_census({buffer.data(), got}).newlines;
        done += got;
        progress(done, share.count);
      }
      if (share.first > begin_) {
        (void)bytes.read_at(share.first - 1, std::span(&before, 1));
      }
    });
    return {.begin = share.first,
            .end = share.first + share.count,
            .line = 1 + comm.sum_of_lower_ranks(newlines),
            .at_record = before == '\n'};
  }

  [[nodiscard]] std::size_t whole_records(std::string_view text) const override {
    return text.rfind('\n') + 1;
  }

  [[nodiscard]] std::unique_ptr<RowReader> read(const io::Bytes& bytes, const TextRange& range,
                                                std::size_t chunk_bytes,
                                                const RequiredTypes& required,
                                                Reject reject) const override {
    return std::make_unique<JsonLinesReader>(bytes, missing_, required, range, chunk_bytes,
                                             std::move(reject));
  }

 private:
  MissingMarkers missing_;
  std::uint64_t begin_;
  std::vector<ColumnName> names_;
  std::vector<std::string> notes_;
};

}  // namespace

bool begins_like_json(std::string_view head) {
  if (head.starts_with(kByteOrderMark)) {
    head.remove_prefix(kByteOrderMark.size());
  }
  const std::size_t first = head.find_first_not_of(kBlanks);
  return first != std::string_view::npos && head[first] == '{';
}

std::unique_ptr<RecordFormat> open_json_lines(const Head& head, const ReadOptions& options) {
  if (head.text.find_first_not_of(kBlanks) == std::string::npos && head.whole) {
    fail(ExitCode::kBadData, "{} is empty", head.name);
  }
  refuse_options(options,
                 {"delimiter", "escape", "comment", "header", "skip_lines", "header_lines", "names",
                  "drop_totals"},
                 head.name + " is JSON Lines, each of which names its columns");
  return std::make_unique<JsonLinesFormat>(head, options);
}

}  // namespace tessera::table
