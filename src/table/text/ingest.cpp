#include "tessera/table/text/ingest.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "table/text/locate.hpp"
#include "table/text/quote_states.hpp"
#include "table/text/row_check.hpp"
#include "table/text/row_reader.hpp"
#include "table/text/text_format.hpp"
#include "table/values/column_values.hpp"
#include "table/values/infer.hpp"
#include "table/values/kept_column.hpp"
#include "table/values/number.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {
namespace {

constexpr std::uint64_t kBatchesPerProgress = 64;

// Rows that all columns together hold in a few MiB, so that each write is long but memory is not.
std::size_t batch_rows(std::size_t columns) {
  constexpr std::size_t kValues = std::size_t{1} << 20;
  return std::clamp<std::size_t>(kValues / columns, RowBatch::kCapacity, 65536);
}

class Ingest {
 public:
  Ingest(const comm::Communicator& comm, const IngestOptions& options,
         const IngestProgress& progress, const io::InputFile& file, const TextFormat& format)
      : comm_(comm),
        options_(options),
        progress_(progress),
        file_(file),
        format_(format),
        rules_(format.delimiter),
        missing_(options.missing),
        required_(format.names.size()) {}

  IngestReport run() {
    require_stated_types();
    range_ = locate(
        comm_, file_, format_, rules_, options_.chunk_bytes,
        [this](std::uint64_t done, std::uint64_t total) { show_progress("scan", done, total); });
    examine();
    if (require_finite()) {
      examine();
    }
    if (rows_ == 0) {
      fail_without_rows();
    }
    plan_columns();
    if (!options_.output.empty()) {
      write();
    }
    return report();
  }

 private:
  void show_progress(std::string_view step, std::uint64_t done, std::uint64_t total) const {
    if (progress_) {
      progress_(step, std::min(done, total), total);
    }
  }

  [[nodiscard]] const std::string& name_of(std::size_t column) const {
    return format_.names[column].text;
  }

  void require_stated_types() {
    for (const auto& [name, type] : options_.types) {
      const auto named = std::ranges::find(format_.names, name, &TextFormat::Name::text);
      if (named == format_.names.end()) {
        std::vector<std::string> names;
        for (const TextFormat::Name& known : format_.names) {
          names.push_back(known.text);
        }
        fail(ExitCode::kBadData, "{} has no column '{}', for which a type was stated{}",
             file_.path(), name, did_you_mean(name, names));
      }
      required_[static_cast<std::size_t>(named - format_.names.begin())] = type;
    }
  }

  // Calls `use` for the rows of a range, batch by batch, and `reject` for what is none.
  template <typename Use>
  void for_each_batch(std::string_view step, const TextRange& range, const Use& use,
                      RowReader::Reject reject) const {
    const RowCheck check(format_, missing_, required_);
    RowReader reader(file_, rules_, format_, check, range, options_.chunk_bytes, std::move(reject));
    std::uint64_t batches = 0;
    while (const RowBatch* batch = reader.next()) {
      use(*batch, reader);
      if (++batches % kBatchesPerProgress == 0) {
        show_progress(step, reader.done(), range.end - range.begin);
      }
    }
    show_progress(step, range.end - range.begin, range.end - range.begin);
  }

  // First pass over the values: what each column holds, and as much of it as may be kept.
  void examine() {
    std::vector<ColumnScan> scans;
    for (const std::optional<ColumnType>& type : required_) {
      scans.emplace_back(type);
    }
    my_rows_ = 0;
    kept_.assign(scans.size(), KeptColumn());
    kept_rows_ = 0;
    not_kept_ = range_;
    bool keeping = !options_.output.empty() && options_.kept_bytes > 0;
    Rejections mine;
    comm_.together([&] {
      for_each_batch(
          "examine", range_,
          [&](const RowBatch& batch, const RowReader& reader) {
            my_rows_ += batch.size();
            for (std::size_t c = 0; c < scans.size(); ++c) {
              scans[c].add(batch.column(c), batch.lines(), missing_, keeping ? &kept_[c] : nullptr);
            }
            if (keeping) {
              kept_rows_ = my_rows_;
              not_kept_ = reader.rest();
              keeping = bytes_kept() < options_.kept_bytes;
            }
          },
          [&](std::uint64_t line, const std::string& problem) {
            if (options_.on_error == OnError::kStop) {
              fail(ExitCode::kBadData,
                   "{}, line {}: {}; correct it, or leave such rows out with --on-error skip",
                   file_.path(), line, problem);
            }
            mine.add(line, problem);
          });
    });
    for (std::size_t c = 0; c < scans.size(); ++c) {
      kept_[c].set_dictionary(scans[c].dictionary());
    }
    rejections_ = mine.over_all(comm_);
    first_row_ = comm_.sum_of_lower_ranks(my_rows_);
    rows_ = comm_.all_sum(my_rows_);
    facts_ = ColumnScan::combine(comm_, std::move(scans));
  }

  // A column of numbers must not hold infinities. True if their rows are now to be rejected.
  bool require_finite() {
    bool any = false;
    for (std::size_t c = 0; c < facts_.size(); ++c) {
      if (!facts_[c].counts.all_numbers() || !facts_[c].first_not_finite) {
        continue;
      }
      if (options_.on_error == OnError::kStop) {
        fail(ExitCode::kBadData,
             "{}, line {}: column '{}': '{}' is not finite; correct it, declare it with --missing "
             "{}, or leave such rows out with --on-error skip",
             file_.path(), facts_[c].first_not_finite->line, name_of(c),
             facts_[c].first_not_finite->text, facts_[c].first_not_finite->text);
      }
      required_[c] = ColumnType::kReal;
      any = true;
    }
    return any;
  }

  [[noreturn]] void fail_without_rows() const {
    if (rejections_.count > 0) {
      fail(ExitCode::kBadData, "{}: none of {} rows can be used; line {}: {}", file_.path(),
           rejections_.count, rejections_.first[0].line, rejections_.first[0].reason);
    }
    fail(ExitCode::kBadData,
         "{} has a header but no rows; if its only record is data, say --header no", file_.path());
  }

  void plan_columns() {
    for (std::size_t c = 0; c < facts_.size(); ++c) {
      const ColumnFacts& facts = facts_[c];
      if (format_.header && !format_.names[c].given && facts.counts.values() == 0) {
        notes_.push_back(
            fmt::format("column {} has neither a name nor a value and was left out", c + 1));
        continue;
      }
      PlannedColumn plan;
      plan.column.name = name_of(c);
      plan.column.type = required_[c] ? *required_[c] : infer_type(facts);
      plan.summary = summary_of(facts, plan.column.type);
      plan.text_width = facts.longest;
      if (plan.column.type == ColumnType::kCategory) {
        if (facts.distinct.overflowed()) {
          fail(ExitCode::kBadData,
               "{}: column '{}' has more than {} distinct values, too many for a category; declare "
               "it as text",
               file_.path(), name_of(c), kMaxLevels);
        }
        for (std::size_t i = 0; i < facts.distinct.size(); ++i) {
          plan.column.levels.emplace_back(facts.distinct.at(i));
        }
        std::ranges::sort(plan.column.levels);
      }
      note(c, plan.column.type);
      source_.push_back(c);
      plans_.push_back(std::move(plan));
    }
    if (plans_.empty()) {
      fail(ExitCode::kBadData, "{} holds no values", file_.path());
    }
  }

  void note(std::size_t c, ColumnType type) {
    const CellCounts& counts = facts_[c].counts;
    const std::string& name = name_of(c);
    if (format_.header && !format_.names[c].given) {
      notes_.push_back(fmt::format("column {} has no name and is called '{}'", c + 1, name));
    }
    if (counts.values() == 0) {
      notes_.push_back(fmt::format("column '{}' holds no values", name));
    }
    if (counts[CellCounts::kNotUtf8] > 0) {
      notes_.push_back(
          fmt::format("column '{}': {} cells are not UTF-8 and were read as Windows-1252", name,
                      counts[CellCounts::kNotUtf8]));
    }
    const std::uint64_t commas = counts[CellCounts::kDecimalCommas];
    if (!required_[c] && commas > 0 && (counts.numbers() + commas) * 10 >= counts.values() * 9) {
      notes_.push_back(fmt::format(
          "column '{}' is {}, but {} of {} values would be numbers with a point for their decimal "
          "comma, the first value that is not a number '{}' in line {}: write numbers with a point",
          name, to_string(type), commas, counts.values(), facts_[c].first_other->text,
          facts_[c].first_other->line));
      return;
    }
    const bool nearly_numeric =
        !required_[c] && counts.numbers() * 10 >= counts.values() * 9 && facts_[c].first_other;
    if (nearly_numeric) {
      notes_.push_back(fmt::format(
          "column '{}' is {}, but only {} of {} values are not numbers, the first '{}' in line {}: "
          "if that means missing, declare it with --missing; else state the type with --types",
          name, to_string(type), counts.values() - counts.numbers(), counts.values(),
          facts_[c].first_other->text, facts_[c].first_other->line));
    }
  }

  [[nodiscard]] std::size_t bytes_kept() const {
    std::size_t bytes = 0;
    for (const KeptColumn& column : kept_) {
      bytes += column.bytes();
    }
    return bytes;
  }

  // Into the table: what was kept, and the rest in a second pass over its text.
  void write() {
    TableWriter writer(comm_, options_.output, rows_, plans_,
                       {{"source", std::filesystem::path(options_.input).filename().string()}});
    comm_.together([&] {
      if (kept_serves()) {
        for (std::size_t p = 0; p < plans_.size(); ++p) {
          kept_[source_[p]].write(writer, p, plans_[p], first_row_);
          kept_[source_[p]] = KeptColumn();
        }
        write_text(writer, not_kept_, kept_rows_);
      } else {
        write_text(writer, range_, 0);
      }
    });
    writer.commit();
  }

  [[nodiscard]] bool kept_serves() const {
    bool serves = true;
    for (std::size_t p = 0; p < plans_.size(); ++p) {
      serves = serves && kept_[source_[p]].serves(plans_[p].column.type);
    }
    return serves;
  }

  // `done`: this rank's rows before the range.
  void write_text(TableWriter& writer, const TextRange& range, std::uint64_t done) {
    const std::size_t capacity = batch_rows(plans_.size());
    std::vector<ColumnValues> values;
    for (std::size_t p = 0; p < plans_.size(); ++p) {
      values.emplace_back(plans_[p], p, capacity);
    }
    std::size_t waiting = 0;
    const auto flush = [&] {
      for (ColumnValues& column : values) {
        column.flush(writer, first_row_ + done);
      }
      done += std::exchange(waiting, 0);
    };
    for_each_batch(
        "write", range,
        [&](const RowBatch& batch, const RowReader&) {
          if (batch.size() > my_rows_ - done - waiting) {
            fail_changed();
          }
          for (std::size_t p = 0; p < values.size(); ++p) {
            values[p].add(batch.column(source_[p]), missing_);
          }
          waiting += batch.size();
          if (waiting + RowBatch::kCapacity > capacity) {
            flush();
          }
        },
        [](std::uint64_t, const std::string&) {});
    flush();
    if (done != my_rows_) {
      fail_changed();
    }
  }

  [[noreturn]] void fail_changed() const {
    fail(ExitCode::kIo, "{} changed while it was read; run the same command again", file_.path());
  }

  [[nodiscard]] IngestReport report() const {
    IngestReport report;
    report.bytes = file_.size();
    report.delimiter = format_.delimiter;
    report.header = format_.header;
    report.rows = rows_;
    report.rejected = rejections_.count;
    report.rejections = rejections_.first;
    for (const PlannedColumn& plan : plans_) {
      report.columns.push_back({.name = plan.column.name,
                                .type = plan.column.type,
                                .stated = options_.types.contains(plan.column.name),
                                .summary = plan.summary});
    }
    report.notes = format_.notes;
    report.notes.insert(report.notes.end(), notes_.begin(), notes_.end());
    return report;
  }

  const comm::Communicator& comm_;
  const IngestOptions& options_;
  const IngestProgress& progress_;
  const io::InputFile& file_;
  const TextFormat& format_;
  QuoteRules rules_;
  MissingMarkers missing_;
  std::vector<std::optional<ColumnType>> required_;  // per column of the text
  TextRange range_;
  std::uint64_t my_rows_ = 0;
  std::uint64_t first_row_ = 0;
  std::uint64_t rows_ = 0;
  Rejections rejections_;
  std::vector<KeptColumn> kept_;  // per column of the text: this rank's first rows
  std::uint64_t kept_rows_ = 0;
  TextRange not_kept_;
  std::vector<ColumnFacts> facts_;    // per column of the text
  std::vector<PlannedColumn> plans_;  // per column of the table
  std::vector<std::size_t> source_;   // per column of the table: its number in the text
  std::vector<std::string> notes_;
};

void refuse_to_overwrite_input(const IngestOptions& options) {
  std::error_code ignored;
  if (std::filesystem::equivalent(options.input, options.output, ignored)) {
    fail(ExitCode::kUsage, "the output {} is the input itself; give another name", options.output);
  }
}

}  // namespace

IngestReport ingest(const comm::Communicator& comm, const IngestOptions& options,
                    const IngestProgress& progress) {
  std::optional<io::InputFile> file;
  TextFormat format;
  comm.together([&] {
    file.emplace(options.input);
    refuse_to_overwrite_input(options);
    format = find_text_format(*file, options);
  });
  if (!options.output.empty()) {
    // An output that cannot be created is better known before the work than after it.
    const io::OutputFile attempt(comm, options.output);
  }
  return Ingest(comm, options, progress, *file, format).run();
}

}  // namespace tessera::table
