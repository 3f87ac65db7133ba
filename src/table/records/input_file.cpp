#include "table/records/input_file.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <numeric>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/io/parquet.hpp"
#include "tessera/io/remote.hpp"
#include "tessera/io/same_file.hpp"
#include "tessera/simd/separators.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

constexpr std::size_t kFirstHead = std::size_t{256} << 10;
constexpr std::uint64_t kBatchesPerProgress = 64;

// What is dealt out at once: enough per rank to make up for the messages, but not much in all.
std::size_t piece_bytes(int ranks) {
  constexpr std::size_t kMost = std::size_t{1} << 20;
  constexpr std::size_t kLeast = std::size_t{64} << 10;
  constexpr std::size_t kTogether = std::size_t{64} << 20;
  return std::clamp(kTogether / static_cast<std::size_t>(ranks), kLeast, kMost);
}

// Appends up to so many bytes of a stream; false if it ended before.
bool append(io::Stream& stream, std::size_t bytes, std::string& text) {
  const std::size_t before = text.size();
  text.resize(before + bytes);
  const std::size_t got = stream.read(std::span(text).subspan(before));
  text.resize(before + got);
  return got == bytes;
}

// Whether it has to be decoded, and so cannot be read in parts.
bool is_encoded(const io::Bytes& bytes, const std::string& encoding) {
  std::string first(io::kEncodingBytes, '\0');
  first.resize(bytes.read_at(0, first));
  return encoding != io::kAnyEncoding || !io::encoding_of(first).empty();
}

std::string note_of(const io::DecodedText& text, const std::string& stated) {
  if (text.encoding.empty()) {
    return "";
  }
  const std::string_view how = stated == text.encoding ? "as stated"
                               : text.by_mark          ? "as its byte order mark says"
                                              : "for every other byte of its beginning is zero";
  return fmt::format("read as {}, {}; one rank decodes it and deals it out", text.encoding, how);
}

}  // namespace

TextFile::TextFile(const comm::Communicator& comm, TextInput input, const ReadOptions& options,
                   std::size_t chunk_bytes, Progress& progress)
    : comm_(comm),
      input_(std::move(input)),
      name_(io::is_standard_input(input_.path) ? std::string("standard input")
            : io::is_remote(input_.path)       ? io::without_query(input_.path)
                                               : input_.path),
      encoding_(options.encoding),
      chunk_bytes_(chunk_bytes),
      progress_(progress) {
  comm_.together([&] { as_text_ = kind_of(options.format, name_, "").as_text; });
  if (io::is_remote(input_.path)) {
    open_remote();
  } else {
    open();
  }
  try {
    find_format(options);
  } catch (const Error&) {  // of a file that changes anything may be made out
    comm_.together([&] { check_unchanged(); });
    throw;
  }
}

void TextFile::open() {
  enum : std::uint64_t { kPlain, kReadable, kOnce };
  std::uint64_t how = kPlain;
  comm_.together([&] {
    std::error_code ignored;
    if (!comm_.is_root()) {
      return;
    }
    if (!input_.header.empty()) {
      how = kPlain;
    } else if (input_.bytes) {
      how = as_text_ != nullptr || is_encoded(io::MemoryBytes(name_, *input_.bytes), encoding_)
                ? kReadable
                : kPlain;
    } else if (io::is_standard_input(input_.path)) {
      how = kOnce;
    } else if (std::filesystem::exists(input_.path, ignored)) {  // if not, open_on_all() says so
      if (as_text_ != nullptr || io::access_of(input_.path) == io::Access::kStream) {
        how = std::filesystem::is_regular_file(input_.path, ignored) ? kReadable : kOnce;
      } else {
        how = is_encoded(io::InputFile(input_.path), encoding_) ? kReadable : kPlain;
      }
    }
  });
  comm_.broadcast(std::span(&how, 1), 0);
  readable_again_ = how != kOnce;
  if (how == kPlain && input_.bytes) {
    file_ = std::make_unique<io::MemoryBytes>(name_, *input_.bytes);
  } else if (how == kPlain) {
    file_ = std::make_unique<io::InputFile>(io::open_on_all(comm_, name_));
  } else {
    std::string note;
    comm_.together([&] {
      if (comm_.is_root() && how == kReadable) {
        packed_ = input_.bytes ? std::unique_ptr<io::Bytes>(
                                     std::make_unique<io::MemoryBytes>(name_, *input_.bytes))
                               : std::make_unique<io::InputFile>(name_);
      }
      if (comm_.is_root()) {
        io::DecodedText text = open_stream();
        stream_ = std::move(text.stream);
        note = note_of(text, encoding_);
      }
    });
    note = comm_.broadcast(note, 0);
    if (!note.empty()) {
      notes_.push_back(std::move(note));
    }
  }
}

// What cannot be read in parts, the root fetches as a whole.
void TextFile::open_remote() {
  std::unique_ptr<io::RemoteFile> file;
  std::uint64_t in_parts = 0;
  comm_.together([&] {
    if (has_h5_name(name_) || io::is_parquet(name_)) {
      fail_about("input", ExitCode::kUsage,
                 "input {}: HDF5 and Parquet are read from files; fetch it first (aws s3 cp, curl "
                 "-O)",
                 name_);
    }
    if (!comm_.is_root()) {
      return;
    }
    file = std::make_unique<io::RemoteFile>(input_.path);
    if (!file->state().in_parts) {
      packed_ = file->fetch_whole();
    } else if (as_text_ != nullptr || io::is_packed(*file) || is_encoded(*file, encoding_)) {
      packed_ = std::move(file);
    } else {
      in_parts = 1;
    }
    if (packed_) {
      stream_ = open_stream().stream;
    }
  });
  comm_.broadcast(std::span(&in_parts, 1), 0);
  if (in_parts != 0) {
    file_ = io::open_on_all(comm_, input_.path, std::move(file));
  } else {
    notes_.emplace_back("one rank reads it and deals it out");
  }
}

// From its beginning, on the root.
io::DecodedText TextFile::open_stream() const {
  std::unique_ptr<io::Stream> stream =
      packed_ ? io::open_stream(*packed_) : io::open_stream(input_.path);
  if (as_text_ != nullptr) {
    return {.stream = as_text_(std::move(stream)), .encoding = "", .by_mark = false};
  }
  io::DecodedText text = io::open_decoded(std::move(stream), encoding_);
  if (lines_end_at_cr_) {
    text.stream = io::with_line_feeds(std::move(text.stream));
  }
  return text;
}

// The file, and its head, are as if they had line feeds from now on.
void TextFile::end_lines_at_cr(Head& head) {
  lines_end_at_cr_ = true;
  notes_.emplace_back("its lines end with CR alone, as old Macintosh programs wrote them");
  std::ranges::replace(head.text, '\r', '\n');
  if (file_) {
    file_ = io::with_line_feeds(std::move(file_));
  } else if (stream_) {
    std::ranges::replace(waiting_, '\r', '\n');
    stream_ = io::with_line_feeds(std::move(stream_));
  }
}

// The same on all ranks.
Head TextFile::head(std::size_t size) {
  Head head;
  head.name = name_;
  if (file_) {
    comm_.together([&] {
      head.text.resize(std::min<std::uint64_t>(size, file_->size()));
      head.text.resize(file_->read_at(0, head.text));
    });
    head.whole = head.text.size() == file_->size();
    return head;
  }
  std::uint64_t whole = 0;
  comm_.together([&] {
    if (comm_.is_root()) {
      all_read_ = waiting_.size() < size && !append(*stream_, size - waiting_.size(), waiting_);
      whole = all_read_ ? 1 : 0;
    }
  });
  comm_.broadcast(std::span(&whole, 1), 0);
  head.whole = whole != 0;
  head.text = comm_.broadcast(waiting_, 0);
  return head;
}

void TextFile::find_format(const ReadOptions& options) {
  if (!input_.header.empty()) {
    kind_ = &kind_of(options.format, "", "");
    format_ = kind_->open({.name = name_, .text = input_.header, .whole = true}, options);
    range_ = {.begin = 0, .end = input_.bytes->size()};
    stream_bytes_ = comm_.all_sum(std::uint64_t{input_.bytes->size()});
    return;
  }
  for (std::size_t size = kFirstHead; !format_; size *= 4) {
    Head first = head(size);
    if (!lines_end_at_cr_ && io::ends_lines_with_cr(first.text, first.whole)) {
      end_lines_at_cr(first);
    }
    comm_.together([&] {
      kind_ = &kind_of(options.format, name_, first.text);
      format_ = kind_->open(first, options);
    });
  }
  rewind_behind_head();
}

void TextFile::rewind_behind_head() {
  next_line_ = format_->data_line();
  if (stream_) {
    waiting_.erase(0, format_->data_begin());
  }
  stream_bytes_ = format_->data_begin();
  pieces_ = 0;
  fresh_ = true;
}

void TextFile::check_unchanged() const {
  for (const io::Bytes* const file : {file_.get(), packed_.get()}) {
    if (file != nullptr) {
      file->check_unchanged();
    }
  }
}

std::vector<RowRun> TextFile::read(const Pass& pass, const std::optional<TextRange>& from) {
  if (!file_) {
    return read_stream(pass);
  }
  if (!range_) {
    range_ = format_->locate(
        comm_, *file_, chunk_bytes_,
        [&](std::uint64_t done, std::uint64_t total) { progress_.step("scan", done, total); });
  }
  RowRun run{.number = static_cast<std::uint64_t>(comm_.rank())};
  comm_.together([&] { run.rows = read_range(pass, *file_, from.value_or(*range_), true); });
  return {run};
}

std::uint64_t TextFile::read_range(const Pass& pass, const io::Bytes& bytes, const TextRange& range,
                                   bool shows_progress) const {
  const auto reader = format_->read(bytes, range, chunk_bytes_, pass.required, pass.reject);
  const std::uint64_t total = range.end - range.begin;
  pass.begin();
  std::uint64_t rows = 0;
  std::uint64_t batches = 0;
  while (const CellBatch* batch = reader->next()) {
    rows += batch->size();
    pass.use(*batch, *reader);
    if (shows_progress && ++batches % kBatchesPerProgress == 0) {
      progress_.step(pass.step, std::min(reader->done(), total), total);
    }
  }
  if (pass.end) {
    pass.end(*reader);
  }
  if (shows_progress) {
    progress_.step(pass.step, total, total);
  }
  return rows;
}

// From its beginning, if it was read before.
void TextFile::rewind() {
  if (fresh_) {
    return;
  }
  comm_.together([&] {
    if (comm_.is_root()) {
      stream_ = open_stream().stream;
      waiting_.clear();
      all_read_ =
          !append(*stream_, std::max<std::size_t>(kFirstHead, format_->data_begin()), waiting_);
      if (waiting_.size() < format_->data_begin()) {
        fail(ExitCode::kIo, "{} changed while it was read; run the same command again", name_);
      }
    }
  });
  rewind_behind_head();
}

std::vector<RowRun> TextFile::read_stream(const Pass& pass) {
  std::vector<RowRun> runs;
  const auto use = [&](const Piece& piece) {
    const io::MemoryBytes bytes(name_, piece.text);
    const TextRange range{.begin = 0, .end = piece.text.size(), .line = piece.line};
    runs.push_back({piece.number, read_range(pass, bytes, range, false)});
  };
  if (!fresh_ && !readable_again_) {
    comm_.together([&] { std::ranges::for_each(dealt_, use); });
    return runs;
  }
  rewind();
  Piece mine;
  while (deal(mine)) {
    comm_.together([&] { use(mine); });
    if (!readable_again_) {
      dealt_.push_back(std::move(mine));
    }
  }
  return runs;
}

// Divides what waits into pieces of about `target` bytes of whole records, one per rank; the sizes.
std::vector<std::size_t> TextFile::cut(std::size_t target) {
  const auto ranks = static_cast<std::size_t>(comm_.size());
  if (!all_read_ && waiting_.size() < ranks * target) {
    all_read_ = !append(*stream_, ranks * target - waiting_.size(), waiting_);
  }
  std::vector<std::size_t> sizes(ranks);
  std::size_t at = 0;
  for (std::size_t& size : sizes) {
    for (std::size_t wanted = target; size == 0 && at < waiting_.size(); wanted *= 2) {
      if (at + wanted > waiting_.size() && !all_read_) {
        if (wanted == target && at > 0) {
          break;  // the rest waits for the next round
        }
        all_read_ = !append(*stream_, at + wanted - waiting_.size(), waiting_);
      }
      const std::string_view piece = std::string_view(waiting_).substr(at, wanted);
      const bool is_rest = all_read_ && at + piece.size() == waiting_.size();
      size = is_rest ? piece.size() : format_->whole_records(piece);
      if (size == 0 && wanted > kMaxRecordBytes) {
        fail(ExitCode::kBadData,
             "{}, line {}: the record that begins here is longer than {} MiB; is a quote missing?",
             name_, next_line_, kMaxRecordBytes >> 20U);
      }
    }
    at += size;
  }
  return sizes;
}

bool TextFile::deal(Piece& mine) {
  const auto ranks = static_cast<std::size_t>(comm_.size());
  fresh_ = false;
  std::vector<std::uint64_t> to(ranks);
  std::vector<std::uint64_t> lines(ranks);
  comm_.together([&] {
    if (!comm_.is_root()) {
      return;
    }
    const std::vector<std::size_t> sizes = cut(piece_bytes(comm_.size()));
    std::size_t at = 0;
    for (std::size_t r = 0; r < ranks; ++r) {
      const std::string_view piece = std::string_view(waiting_).substr(at, sizes[r]);
      const simd::TextCensus census = simd::take_census(piece);
      if (census.any_zero) {
        fail(ExitCode::kBadData, "{} is not plain text: byte {} is zero", name_,
             stream_bytes_ + at + piece.find('\0') + 1);
      }
      to[r] = sizes[r];
      lines[r] = next_line_;
      next_line_ += census.newlines;
      at += sizes[r];
    }
  });
  std::vector<std::uint64_t> all = to;
  all.insert(all.end(), lines.begin(), lines.end());
  comm_.broadcast(std::span(all), 0);
  const auto rank = static_cast<std::size_t>(comm_.rank());
  mine.number = pieces_ + rank;
  mine.line = all[ranks + rank];
  mine.text.resize(all[rank]);
  std::vector<std::uint64_t> from(ranks);
  from[0] = all[rank];
  const std::size_t dealt = std::accumulate(to.begin(), to.end(), std::size_t{0});
  comm_.all_to_all(std::span<const char>(waiting_).first(dealt), to, std::span<char>(mine.text),
                   from);
  waiting_.erase(0, dealt);
  pieces_ += ranks;
  const std::uint64_t together = std::accumulate(
      all.begin(), all.begin() + static_cast<std::ptrdiff_t>(ranks), std::uint64_t{0});
  stream_bytes_ += together;
  return together > 0;
}

}  // namespace tessera::table
