#include "table/records/reading.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "table/pseudonyms/key.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {

Reading::Reading(const comm::Communicator& comm, std::vector<TextInput> inputs,
                 const ReadOptions& options, const ReadLimits& limits, Progress& progress)
    : comm_(comm),
      options_(options),
      stated_(types_of(options)),
      limits_(limits),
      progress_(progress),
      missing_(options.missing),
      date_formats_(date_formats_of(options)) {
  for (const auto& [name, format] : date_formats_.columns) {
    stated_[name] = ColumnType::kDate;
    required_[name] = {.type = ColumnType::kDate, .form = {.decimal = {}, .date = format}};
  }
  for (const auto& [name, type] : stated_) {
    required_.emplace(name, required_as(type));
  }
  for (TextInput& input : inputs) {
    files_.push_back(std::make_unique<TextFile>(comm, std::move(input), options,
                                                limits_.chunk_bytes, progress_));
  }
  require_one_form();
  if (!options.pseudonymise.empty()) {
    for (const std::string& id : options.ids) {
      if (stated_.contains(id) && stated_[id] != ColumnType::kText) {
        fail_about("types", ExitCode::kUsage,
                   "types: the pseudonyms of column '{}' are text, whatever it holds", id);
      }
      required_[id] = {.type = ColumnType::kText, .form = {}};
    }
    pseudonyms_.emplace(read_key(comm, options), options.ids);
  }
}

const CellBatch& Reading::with_pseudonyms(const CellBatch& batch, const RowReader& reader) {
  return pseudonyms_ ? pseudonyms_->replace(batch, reader, missing_) : batch;
}

// Several files are one table if they have the same columns, in whatever order.
void Reading::require_one_form() const {
  const TextFile& first = *files_.front();
  const auto names_of = [](const TextFile& file) {
    std::vector<std::string> names;
    for (const ColumnName& name : file.format().names()) {
      names.push_back(name.text);
    }
    return names;
  };
  const std::vector<std::string> expected = names_of(first);
  const std::set<std::string> known(expected.begin(), expected.end());
  for (const auto& file : files_) {
    if (&file->kind() != &first.kind()) {
      fail(ExitCode::kBadData, "{} is {} and {} is {}: files of one table are of one kind",
           first.name(), first.kind().name, file->name(), file->kind().name);
    }
    const std::vector<std::string> found = names_of(*file);
    const std::set<std::string> its(found.begin(), found.end());
    for (const std::string& name : expected) {
      if (!its.contains(name)) {
        fail(ExitCode::kBadData,
             "{} has no column '{}', which {} has: files of one table have the "
             "same columns{}",
             file->name(), name, first.name(), did_you_mean(name, found));
      }
    }
    for (const std::string& name : found) {
      if (!known.contains(name)) {
        fail(ExitCode::kBadData,
             "{} has a column '{}', which {} has not: files of one table have the same columns",
             file->name(), name, first.name());
      }
    }
  }
}

// Of a file that changes meanwhile anything may be made out: rather tell of the change.
void Reading::tell_of_changes_first(const std::function<void()>& work) const {
  try {
    work();
  } catch (const Error&) {
    comm_.together([&] { check_unchanged(); });
    throw;
  }
}

void Reading::examine() {
  tell_of_changes_first([&] { examine_all(); });
}

void Reading::examine_all() {
  for (const ColumnName& name : files_.front()->format().names()) {
    (void)column_called(name, 0, 0);
  }
  if (!seen_.empty()) {
    require_stated_types();  // before the work
  }
  read_all();
  const bool rejects = require_finite();
  const std::vector<std::size_t> other_forms = settle_forms();
  if (rejects || (!other_forms.empty() && !scan_kept(other_forms))) {
    read_all();
  }
  require_stated_types();
  if (places_.rows() == 0) {
    fail_without_rows();
  }
  notes_ = odd_rows_.notes(comm_, [&](auto file, auto line) { return line_of(file, line); });
  find_columns();
  judge_kept();
}

void Reading::require_stated_types() const {
  for (const auto& [name, type] : required_) {
    if (!by_name_.contains(name)) {
      std::vector<std::string> names;
      for (const Seen& seen : seen_) {
        names.push_back(seen.name.text);
      }
      fail(ExitCode::kBadData, "{} has no column '{}', for which {}{}", files_.front()->name(),
           name, stated_.contains(name) ? "a type was stated" : "pseudonyms were asked",
           did_you_mean(name, names));
    }
  }
}

// The rows of all files: what each column holds, and as much of it as may be kept.
void Reading::read_all() {
  seen_.clear();
  by_name_.clear();
  rejections_ = {};
  odd_rows_ = {};
  runs_.clear();
  has_rows_.clear();
  runs_read_ = 0;
  my_rows_ = 0;
  keeping_ = limits_.kept_bytes > 0;
  kept_rows_ = 0;
  kept_file_ = keeping_ ? files_.size() : 0;
  for (const ColumnName& name : files_.front()->format().names()) {
    (void)column_called(name, 0, 0);
  }
  for (std::uint64_t f = 0; f < files_.size(); ++f) {
    file_rows_ = my_rows_;
    for (Seen& seen : seen_) {
      seen.scan.begin_file(f);
    }
    std::vector<std::size_t> columns;
    const Pass pass{
        .step = "examine",
        .required = required_,
        .begin =
            [&] {
              columns.clear();
              begin_run();
            },
        .use =
            [&](const CellBatch& batch, const RowReader& reader) {
              add(with_pseudonyms(batch, reader), reader, f, columns);
            },
        .reject = [&](std::uint64_t line, const std::string& problem) { reject(f, line, problem); },
        .end = [&](const RowReader& reader) { odd_rows_.add(reader.odd_rows()); }};
    std::size_t number = runs_read_;
    std::uint64_t last_run = 0;
    odd_rows_.begin_file(f);
    for (const RowRun& run : files_[f]->read(pass)) {
      if (run.rows > 0) {
        runs_.push_back({f, run.number, run.rows});
        has_rows_.push_back(number);
        last_run = run.number + 1;
      }
      ++number;
    }
    odd_rows_.end_file(comm_, last_run, [&](auto file, auto line) { return line_of(file, line); });
  }
  for (Seen& seen : seen_) {
    fill_up(seen);
    seen.run_bytes.push_back(seen.scan.bytes());
  }
  rejections_ = rejections_.over_all(comm_);
  places_ = RowPlaces(comm_, runs_);
  agree_on_columns();
  std::vector<ColumnScan> scans;
  for (Seen& seen : seen_) {
    seen.kept.set_dictionary(seen.scan.dictionary());
    scans.push_back(std::move(seen.scan));
    seen.scan = ColumnScan({});
  }
  facts_ = ColumnScan::combine(comm_, std::move(scans));
}

void Reading::reject(std::uint64_t file, std::uint64_t line, const std::string& problem) {
  if (options_.on_error != OnError::kSkip) {
    fail_about("on_error", ExitCode::kBadData,
               "{}: {}; correct it, or have such rows skipped, or short ones filled up",
               place(file, line), problem);
  }
  rejections_.add(file, line, problem);
}

std::string Reading::place(std::uint64_t file, std::uint64_t line) const {
  return fmt::format("{}, line {}", name_of(file), line);
}

std::string Reading::line_of(std::uint64_t file, std::uint64_t line) const {
  return files_.size() > 1 ? fmt::format("line {} of {}", line, name_of(file))
                           : fmt::format("line {}", line);
}

std::size_t Reading::column_called(const ColumnName& name, std::uint64_t file, std::uint64_t line) {
  const auto [known, is_new] = by_name_.try_emplace(name.text, seen_.size());
  if (is_new) {
    const bool wanted = !options_.wants || options_.wants(name.text);
    if (!wanted) {
      required_.insert_or_assign(name.text, required_as(ColumnType::kCategory));
    } else if (const auto expected = options_.expected.find(name.text);
               expected != options_.expected.end()) {
      required_.emplace(name.text, required_as(expected->second));
    }
    seen_.push_back({.name = name,
                     .file = file,
                     .line = line,
                     .place = 0,
                     .array = {},
                     .wanted = wanted,
                     .scan = ColumnScan(rules_of(name.text)),
                     .kept = KeptColumn(files_.front()->format().names().size()),
                     .rows = 0,
                     .run_bytes = std::vector<std::uint64_t>(runs_read_)});
    seen_.back().scan.begin_file(file);
  }
  return known->second;
}

// `columns`: of the reader's columns, as far as they were met; new ones are added to it.
void Reading::add(const CellBatch& batch, const RowReader& reader, std::uint64_t file,
                  std::vector<std::size_t>& columns) {
  const std::size_t known = seen_.size();
  while (columns.size() < batch.columns()) {
    const std::size_t c = columns.size();
    columns.push_back(column_called(reader.names()[c], file, reader.first_line(c)));
    if (seen_.size() > std::max(known, kMostFoundColumns)) {  // in pieces that each have fewer
      fail(ExitCode::kBadData, "{}: there are too many different keys for a table",
           place(file, reader.first_line(c)));
    }
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    Seen& seen = seen_[columns[c]];
    seen.place = std::max(seen.place, reader.place(c));
    if (const std::uint64_t line = reader.first_array(c); line > 0) {
      seen.array = std::min(seen.array, FirstArray{file, line});
    }
    if (!seen.wanted) {
      continue;  // filled up in the end
    }
    if (seen.rows < my_rows_) {
      fill_up(seen);
    }
    seen.scan.add(batch.column(c), batch.lines(), missing_, keeping_ ? &seen.kept : nullptr);
    if (seen.scan.longest() > kMaxValueBytes) {
      fail_too_long(batch, c, file, seen.name.text);
    }
    seen.rows += batch.size();
  }
  my_rows_ += batch.size();
  odd_rows_.look(batch);
  if (keeping_) {
    std::size_t bytes = 0;
    std::size_t unfolded = 0;
    for (const Seen& seen : seen_) {
      bytes += seen.kept.bytes();
      unfolded += seen.kept.unfolded_bytes();
    }
    if (unfolded > limits_.most_bytes) {
      fail(ExitCode::kUnfit,
           "{}: the values up to here take {} of a rank's memory, and there is not much more: "
           "ingest "
           "the text into a file and give that, or use more nodes",
           place(file, batch.lines().back()), bytes_text(unfolded));
    }
    if (bytes >= limits_.kept_bytes) {
      stop_keeping(file, reader);
    }
  }
}

void Reading::begin_run() {
  ++runs_read_;
  for (Seen& seen : seen_) {
    seen.run_bytes.push_back(seen.scan.bytes());
  }
}

// Rows that do not have the column.
void Reading::fill_up(Seen& seen) {
  const std::uint64_t kept = keeping_ ? my_rows_ : std::max(kept_rows_, seen.rows);
  seen.scan.add_missing(kept - seen.rows, &seen.kept);
  seen.scan.add_missing(my_rows_ - kept, nullptr);
  seen.rows = my_rows_;
}

void Reading::stop_keeping(std::uint64_t file, const RowReader& reader) {
  for (Seen& seen : seen_) {
    fill_up(seen);
  }
  keeping_ = false;
  kept_rows_ = my_rows_;
  kept_file_ = file;
  not_kept_ = reader.rest();
}

// A column of numbers must not hold infinities. True if their rows are now to be rejected.
bool Reading::require_finite() {
  bool any = false;
  for (std::size_t c = 0; c < facts_.size(); ++c) {
    const std::optional<ShownCell>& cell = facts_[c].first_not_finite;
    if (!facts_[c].counts.all_numbers() || !cell) {
      continue;
    }
    const std::string& column = seen_[c].name.text;
    if (options_.on_error != OnError::kSkip) {
      fail_about("on_error", ExitCode::kBadData,
                 "{}: column '{}': '{}' is not finite; correct it, declare that it means missing, "
                 "or have such rows skipped",
                 place(cell->file, cell->line), column, cell->text);
    }
    required_[column] = {.type = ColumnType::kReal, .form = {}};
    any = true;
  }
  return any;
}

void Reading::fail_without_rows() const {
  const std::string& name = files_.front()->name();
  if (rejections_.count > 0) {
    const Rejections::One& one = rejections_.first[0];
    fail(ExitCode::kBadData, "{}: none of {} rows can be used; line {}: {}", name_of(one.file),
         rejections_.count, one.line, one.reason);
  }
  if (!files_.front()->format().has_header()) {
    fail(ExitCode::kBadData, "{} has no rows", name);
  }
  fail_about("header", ExitCode::kBadData,
             "{} has a header but no rows; if its only record is data, say that there is none",
             name);
}

}  // namespace tessera::table
