// How a Reading hands its values on: what was kept, and the rest from the text again.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "table/records/reading.hpp"
#include "table/values/column_values.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {
namespace {

constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

// Rows that all columns together hold in a few MiB, so that each write is long but memory is not.
std::size_t batch_rows(std::size_t columns) {
  constexpr std::size_t kValues = std::size_t{1} << 20;
  return std::clamp<std::size_t>(kValues / columns, CellBatch::kCapacity, 65536);
}

[[noreturn]] void fail_file_changed(const std::string& name) {
  fail(ExitCode::kIo, "{} changed while it was read; run the same command again", name);
}

/// Values on their way from a second reading of the text, all columns side by side.
class Transit {
 public:
  Transit(const std::vector<FoundColumn>& columns, const MissingMarkers& missing, ColumnSink& sink,
          std::uint64_t first)
      : missing_(missing), sink_(sink), capacity_(batch_rows(columns.size())), done_(first) {
    for (std::size_t p = 0; p < columns.size(); ++p) {
      if (columns[p].wanted) {
        by_name_.emplace(columns[p].column.name, p);
      }
      values_.emplace_back(columns[p].column, columns[p].form, p, capacity_);
    }
  }

  /// Rows of the table that were taken.
  [[nodiscard]] std::uint64_t rows() const { return done_ + waiting_; }

  /// All rows of the batch but the first `skipped`.
  void add(const CellBatch& batch, const RowReader& reader, std::size_t skipped) {
    for (; known_ < batch.columns(); ++known_) {
      const auto found = by_name_.find(reader.names()[known_].text);
      if (found != by_name_.end()) {
        in_reader_[found->second] = known_;
      }
    }
    const std::size_t count = batch.size() - skipped;
    const std::span<const std::string_view> nothing(nothing_);
    for (std::size_t p = 0; p < values_.size(); ++p) {
      values_[p].add(in_reader_[p] == kNowhere ? nothing.first(count)
                                               : batch.column(in_reader_[p]).subspan(skipped),
                     missing_);
    }
    waiting_ += count;
    if (waiting_ + CellBatch::kCapacity > capacity_) {
      flush();
    }
  }

  void flush() {
    for (ColumnValues& column : values_) {
      column.flush(sink_, done_);
    }
    done_ += std::exchange(waiting_, 0);
  }

  /// The next rows come from another reader, with columns of its own.
  void begin_reader() {
    known_ = 0;
    in_reader_.assign(values_.size(), kNowhere);
  }

 private:
  const MissingMarkers& missing_;
  ColumnSink& sink_;
  std::size_t capacity_;
  std::uint64_t done_;
  std::uint64_t waiting_ = 0;
  std::vector<ColumnValues> values_;
  std::unordered_map<std::string, std::size_t> by_name_;
  std::size_t known_ = 0;               // columns of the reader
  std::vector<std::size_t> in_reader_;  // per column of the table
  std::vector<std::string_view> nothing_ = std::vector<std::string_view>(CellBatch::kCapacity);
};

}  // namespace

// What ranks keep serves only if it does on all: streams are read by all of them together.
void Reading::judge_kept() {
  bool serves = limits_.kept_bytes > 0;
  for (std::size_t p = 0; p < columns_.size(); ++p) {
    serves = serves && seen_[source_[p]].kept.serves(columns_[p].column.type);
  }
  all_serve_ = comm_.all_min(std::uint64_t{serves ? 1U : 0U}) != 0;
  all_whole_ = comm_.all_min(std::uint64_t{keeping_ ? 1U : 0U}) != 0;
  if (!all_serve_) {
    for (Seen& seen : seen_) {
      seen.kept = KeptColumn();
    }
    kept_file_ = 0;
    kept_rows_ = 0;
    not_kept_ = {};
  }
  if (all_kept()) {
    for (const auto& file : files_) {
      file->forget();
    }
  }
}

void Reading::write_kept(std::size_t column, ColumnSink& sink) {
  KeptColumn& kept = seen_[source_[column]].kept;
  kept.write(sink, column, columns_[column].column, columns_[column].form);
  kept = KeptColumn();
}

void Reading::write(ColumnSink& sink) {
  tell_of_changes_first([&] { write_all(sink); });
}

void Reading::write_all(ColumnSink& sink) {
  if (all_serve_) {
    comm_.together([&] {
      for (std::size_t p = 0; p < columns_.size(); ++p) {
        write_kept(p, sink);
      }
    });
  }
  if (!all_kept()) {
    write_text(sink);
  }
}

void Reading::check_unchanged() const {
  for (const auto& file : files_) {
    file->check_unchanged();
  }
}

void Reading::write_text(ColumnSink& sink) {
  if (keeping_ && all_serve_) {
    kept_rows_ = my_rows_;
  }
  Transit transit(columns_, missing_, sink, kept_rows_);
  std::uint64_t before = 0;  // this rank's rows in the files before, and then in this one too
  std::optional<std::uint64_t> shorter;  // the first file of which rows are gone
  for (std::uint64_t f = 0; f < files_.size(); ++f) {
    std::uint64_t rows = 0;
    for (const ReadRun& run : runs_) {
      rows += run.file == f ? run.rows : 0;
    }
    const std::uint64_t kept =
        std::clamp(kept_rows_, before, before + rows) - before;  // of this file
    const bool again = comm_.all_max(std::uint64_t{kept < rows ? 1U : 0U}) != 0;
    before += rows;
    if (!again) {
      continue;
    }
    // A range can be gone on with where keeping has stopped; of a stream the kept rows are skipped.
    std::optional<TextRange> from;
    std::uint64_t skip = kept;
    if (!files_[f]->is_stream() && kept > 0) {
      from = kept_file_ == f && kept < rows ? not_kept_ : TextRange{};
      skip = 0;
    }
    const Pass pass{.step = "write",
                    .required = required_,
                    .begin = [&] { transit.begin_reader(); },
                    .use =
                        [&](const CellBatch& batch, const RowReader& reader) {
                          const std::uint64_t skipped = std::min<std::uint64_t>(skip, batch.size());
                          skip -= skipped;
                          if (skipped < batch.size()) {
                            if (transit.rows() + batch.size() - skipped > before) {
                              fail_file_changed(name_of(f));
                            }
                            transit.add(with_pseudonyms(batch, reader), reader, skipped);
                          }
                        },
                    .reject = [](std::uint64_t, const std::string&) {}};
    (void)files_[f]->read(pass, from);
    if (!shorter && transit.rows() < before) {
      shorter = f;
    }
  }
  comm_.together([&] {
    transit.flush();
    if (shorter) {
      fail_file_changed(name_of(*shorter));
    }
  });
  for (const auto& file : files_) {
    file->forget();
  }
}

}  // namespace tessera::table
