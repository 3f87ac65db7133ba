/// \file
/// One of the files of a table, as often read by all ranks together as is needed. Private to
/// src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "table/records/format.hpp"
#include "tessera/base/progress.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/io/bytes.hpp"
#include "tessera/io/file.hpp"

namespace tessera::table {

/// Where a table's text is: a path, or bytes in memory under a name.
struct TextInput {
  std::string path;
  std::optional<std::string_view> bytes{};  ///< kept by the caller
  /// Not empty: `bytes` are this rank's part, which follows those of the ranks before it, and this
  /// is the header above all.
  std::string header{};
  std::set<std::string> words{};  ///< columns that hold words, though they may look like numbers
};

/// Rows that follow one another in a file, and on the rank that read them. Runs of one file are in
/// the order of their numbers.
struct RowRun {
  std::uint64_t number = 0;
  std::uint64_t rows = 0;
};

/// What a pass over a file does with its rows. Nothing of it is collective.
struct Pass {
  std::string_view step;  ///< for the progress
  const RequiredTypes& required;
  /// A new reader begins, with columns of its own.
  std::function<void()> begin;
  std::function<void(const CellBatch& batch, const RowReader& reader)> use;
  Reject reject;
  /// A reader is at its end; may be none.
  std::function<void(const RowReader& reader)> end = {};
};

class TextFile {
 public:
  /// Collective: opens the file and finds its format. Throws as io::open_stream and the kinds do.
  TextFile(const comm::Communicator& comm, TextInput input, const ReadOptions& options,
           std::size_t chunk_bytes, Progress& progress);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const RecordKind& kind() const { return *kind_; }
  [[nodiscard]] const RecordFormat& format() const { return *format_; }
  /// Bytes of text; of a stream once it was read.
  [[nodiscard]] std::uint64_t bytes() const {
    return file_ && input_.header.empty() ? file_->size() : stream_bytes_;
  }
  /// What a person should know of it, besides what its format has to say.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  /// True if one rank reads the file and deals it out.
  [[nodiscard]] bool is_stream() const { return !file_; }
  [[nodiscard]] bool holds_words(const std::string& column) const {
    return input_.words.contains(column);
  }

  /// Collective: this rank's rows, and the runs that they are. With `from`, those of a range that
  /// the rest() of a reader named.
  std::vector<RowRun> read(const Pass& pass, const std::optional<TextRange>& from = std::nullopt);

  /// Throws kIo if the file is not what it was when it was opened (io::Bytes). Of what can be read
  /// but once, nothing is known.
  void check_unchanged() const;

  /// No more passes: lets go of what was kept for them.
  void forget() { dealt_ = {}; }

 private:
  struct Piece {  // of a stream: whole records
    std::uint64_t number = 0;
    std::uint64_t line = 0;  // where it begins
    std::string text;
  };

  void open();
  void open_remote();
  [[nodiscard]] io::DecodedText open_stream() const;
  void end_lines_at_cr(Head& head);
  [[nodiscard]] Head head(std::size_t size);
  void find_format(const ReadOptions& options);
  void rewind_behind_head();
  void rewind();
  [[nodiscard]] std::uint64_t read_range(const Pass& pass, const io::Bytes& bytes,
                                         const TextRange& range, bool shows_progress) const;
  std::vector<RowRun> read_stream(const Pass& pass);
  // Collective: the next piece of each rank; false if there is none for any.
  bool deal(Piece& mine);
  [[nodiscard]] std::vector<std::size_t> cut(std::size_t target);

  const comm::Communicator& comm_;
  TextInput input_;
  std::string name_;
  std::string encoding_;  // stated, or to be found
  decltype(RecordKind::as_text) as_text_ = nullptr;
  std::size_t chunk_bytes_;
  Progress& progress_;
  std::unique_ptr<io::Bytes> file_;  // none of a stream
  const RecordKind* kind_ = nullptr;
  std::unique_ptr<RecordFormat> format_;
  std::optional<TextRange> range_;  // this rank's, once found
  bool lines_end_at_cr_ = false;
  std::vector<std::string> notes_;

  // on the root:
  std::unique_ptr<io::Bytes> packed_;  // what is a stream though it can be read again
  std::unique_ptr<io::Stream> stream_;
  std::string waiting_;    // read, but not dealt out yet
  bool all_read_ = false;  // nothing follows that
  std::uint64_t next_line_ = 1;
  // on all ranks:
  std::uint64_t stream_bytes_ = 0;
  std::uint64_t pieces_ = 0;
  bool fresh_ = true;  // nothing was dealt out yet
  bool readable_again_ = true;
  std::vector<Piece> dealt_;  // to this rank, of what cannot be read again
};

}  // namespace tessera::table
