/// \file
/// From text to typed columns: what `ingest` and all jobs that are given text have in common.
/// Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "table/pseudonyms/cells.hpp"
#include "table/records/input_file.hpp"
#include "table/records/odd_rows.hpp"
#include "table/records/rejections.hpp"
#include "table/records/row_places.hpp"
#include "table/values/column_sink.hpp"
#include "table/values/infer.hpp"
#include "table/values/kept_column.hpp"
#include "table/values/number.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/read_report.hpp"

namespace tessera::table {

/// What a rank has in memory.
struct ReadLimits {
  std::size_t chunk_bytes = std::size_t{256} << 10;  ///< read at once
  std::size_t kept_bytes = std::size_t{256} << 20;   ///< of values, kept rather than read again
  std::uint64_t most_bytes = UINT64_MAX;             ///< of values: more is an error, kUnfit
};

/// A column of the table, as its values are known to be.
struct FoundColumn {
  Column column;
  ColumnSummary summary;
  std::size_t text_width = 0;    ///< bytes of the longest value
  std::uint64_t text_bytes = 0;  ///< of all values together
  bool stated = false;
  bool wanted = true;  ///< else passed over
  ColumnForm form;
  std::string unit;  ///< of numbers, where all that have one have the same
};

/// How a column is written, as its values have shown.
struct SettledForm {
  ColumnForm form;
  std::set<std::string> units;
  std::optional<ShownCell> example;
  bool guessed = false;  ///< both readings fit all values
};

/// Bytes [begin, end) of a column's texts.
struct TextPlace {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Reads the text of some files as one table: once to find out the columns' types, in which as many
/// values are kept as may be, and again for the others.
class Reading {
 public:
  /// Collective: opens the files. Throws kNoInput, kBadData, kUsage.
  Reading(const comm::Communicator& comm, std::vector<TextInput> inputs, const ReadOptions& options,
          const ReadLimits& limits, Progress& progress);
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  /// Collective: the first reading. Throws kBadData as ingest() says.
  void examine();

  [[nodiscard]] const std::vector<FoundColumn>& columns() const { return columns_; }
  /// The rows of this rank are those that it has read.
  [[nodiscard]] std::uint64_t own_rows() const { return my_rows_; }
  /// Of all texts of this rank, in a column.
  [[nodiscard]] std::uint64_t text_bytes(std::size_t column) const {
    return seen_[source_[column]].run_bytes.back();
  }
  [[nodiscard]] const RowPlaces& places() const { return places_; }
  [[nodiscard]] ReadReport report() const;

  /// Collective: of a column of text, where the texts of each of this rank's runs of rows (see
  /// RowPlaces::own()) lie among those of all rows, one behind the other.
  [[nodiscard]] std::vector<TextPlace> text_places(std::size_t column) const;
  /// Throws kIo for the file of one of these runs, which was not the same when it was read again.
  [[noreturn]] void fail_changed(std::size_t run) const;

  /// Collective: hands this rank's values on, of all columns.
  void write(ColumnSink& sink);
  /// The same column by column, if all values were kept: their memory is let go of on the way. Not
  /// collective, but all_kept() is the same on all ranks.
  [[nodiscard]] bool all_kept() const { return all_serve_ && all_whole_; }
  void write_kept(std::size_t column, ColumnSink& sink);

  /// Not collective. Throws kIo if one of the files is not what it was when it was opened: asked
  /// once all is read.
  void check_unchanged() const;

 private:
  // Where the first array stands in a column, which has no cells then.
  struct FirstArray {
    std::uint64_t file = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t line = 0;
    [[nodiscard]] bool is_there() const { return line > 0; }
    friend bool operator<(const FirstArray& a, const FirstArray& b) {
      return std::tie(a.file, a.line) < std::tie(b.file, b.line);
    }
  };

  // A column of the text, as far as this rank knows it.
  struct Seen {
    ColumnName name;
    std::uint64_t file = 0;  // where it was seen first
    std::uint64_t line = 0;
    std::uint64_t place = 0;  // see RowReader::place()
    FirstArray array;
    bool wanted = true;  // else passed over: all its cells are taken for missing
    ColumnScan scan;
    KeptColumn kept;
    std::uint64_t rows = 0;                // that were added to these
    std::vector<std::uint64_t> run_bytes;  // before each run of rows that was read, and after all
  };

  void require_one_form() const;
  void require_stated_types() const;
  [[nodiscard]] const CellBatch& with_pseudonyms(const CellBatch& batch, const RowReader& reader);
  void tell_of_changes_first(const std::function<void()>& work) const;
  void examine_all();
  void write_all(ColumnSink& sink);
  void read_all();
  void add(const CellBatch& batch, const RowReader& reader, std::uint64_t file,
           std::vector<std::size_t>& columns_of_reader);
  [[nodiscard]] std::size_t column_called(const ColumnName& name, std::uint64_t file,
                                          std::uint64_t line);
  void fill_up(Seen& seen);
  void begin_run();
  void stop_keeping(std::uint64_t file, const RowReader& reader);
  void agree_on_columns();
  bool require_finite();
  std::vector<std::size_t> settle_forms();
  bool scan_kept(const std::vector<std::size_t>& columns);
  bool settle_date(const std::string& column, const ColumnFacts& facts);
  [[noreturn]] void fail_ambiguous(const std::string& column, const ColumnFacts& facts,
                                   DateStyle one, DateStyle other) const;
  [[nodiscard]] RequiredCells required_as(ColumnType type) const;
  [[nodiscard]] ScanRules rules_of(const std::string& column) const;
  [[noreturn]] void fail_without_rows() const;
  [[noreturn]] void fail_too_long(const CellBatch& batch, std::size_t column, std::uint64_t file,
                                  const std::string& name) const;
  void reject(std::uint64_t file, std::uint64_t line, const std::string& problem);

  void find_columns();
  void note(std::size_t c, ColumnType type);
  void note_form(const std::string& name, const ColumnFacts& facts);
  /// Of all columns of which the same is to be said, one sentence: about the first and its cell.
  void note_kind(const std::string& kind, const std::string& column, const std::string& example);
  void write_kinds();
  [[nodiscard]] std::string shown_at(const ShownCell& cell) const;
  void judge_kept();
  void write_text(ColumnSink& sink);
  [[nodiscard]] std::string place(std::uint64_t file, std::uint64_t line) const;
  [[nodiscard]] std::string line_of(std::uint64_t file, std::uint64_t line) const;
  [[nodiscard]] const std::string& name_of(std::uint64_t file) const {
    return files_[file]->name();
  }

  const comm::Communicator& comm_;
  ReadOptions options_;
  std::map<std::string, ColumnType> stated_;
  ReadLimits limits_;
  Progress& progress_;
  MissingMarkers missing_;
  std::vector<std::unique_ptr<TextFile>> files_;
  DateFormats date_formats_;
  RequiredTypes required_;
  std::optional<PseudonymousCells> pseudonyms_;
  std::map<std::string, SettledForm> settled_;

  std::vector<Seen> seen_;  // columns of the text; in the same order on all ranks in the end
  std::unordered_map<std::string, std::size_t> by_name_;
  Rejections rejections_;
  OddRowNotes odd_rows_;
  std::vector<ReadRun> runs_;
  std::uint64_t my_rows_ = 0;
  std::size_t runs_read_ = 0;          // those without rows too
  std::vector<std::size_t> has_rows_;  // which of these are runs_
  RowPlaces places_;

  // What is kept: all rows of the files before kept_file_, and some of that one.
  bool keeping_ = true;
  std::uint64_t kept_rows_ = 0;
  std::uint64_t kept_file_ = 0;
  std::uint64_t file_rows_ = 0;  // of this rank, in the files before the one being read
  TextRange not_kept_;
  bool all_whole_ = true;  // on all ranks
  bool all_serve_ = true;

  std::vector<ColumnFacts> facts_;    // per column of the text
  std::vector<FoundColumn> columns_;  // of the table
  std::vector<std::size_t> source_;   // per column of the table: its number in the text
  std::vector<std::string> notes_;
  struct KindOfNote {
    std::string kind;
    std::vector<std::string> columns;
    std::string example;
  };
  std::vector<KindOfNote> kinds_;
};

}  // namespace tessera::table
