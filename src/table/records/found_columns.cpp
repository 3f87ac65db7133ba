// What a Reading makes of what it has examined: the columns of the table, and what to say of them.
#include <algorithm>
#include <utility>

#include "table/records/reading.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {

void Reading::find_columns() {
  for (std::size_t c = 0; c < facts_.size(); ++c) {
    const ColumnFacts& facts = facts_[c];
    const ColumnName& name = seen_[c].name;
    const bool has_header = files_.front()->format().has_header();
    if (has_header && !name.given && facts.counts.values() == 0) {
      notes_.push_back(
          fmt::format("column {} has neither a name nor a value and was left out", c + 1));
      continue;
    }
    if (const FirstArray& array = seen_[c].array; array.is_there()) {
      if (facts.counts.values() > 0) {
        fail(ExitCode::kBadData,
             "{}: column '{}' holds an array here and single values elsewhere; an array cannot be "
             "a value of a table",
             place(array.file, array.line), name.text);
      }
      notes_.push_back(fmt::format("column '{}' was left out: it holds arrays, the first in {}",
                                   name.text, place(array.file, array.line)));
      continue;
    }
    FoundColumn found;
    found.column.name = name.text;
    const auto required = required_.find(name.text);
    const auto settled = settled_.find(name.text);
    found.form = required != required_.end() ? required->second.form
                 : settled != settled_.end() ? settled->second.form
                                             : ColumnForm();
    found.column.type = required != required_.end() ? required->second.type
                        : found.form.date           ? ColumnType::kDate
                                                    : infer_type(facts);
    found.column.has_time = facts.has_time;
    if (files_.front()->holds_words(name.text) && found.column.is_number()) {
      found.column.type = ColumnType::kText;
      notes_.push_back(fmt::format(
          "column '{}' holds words by its type in the database, though all look like numbers: it "
          "is taken as text",
          name.text));
    }
    if (settled != settled_.end() && settled->second.units.size() == 1) {
      found.unit = *settled->second.units.begin();
    }
    found.summary = summary_of(facts, found.column.type);
    found.text_width = facts.longest;
    found.text_bytes = facts.bytes;
    found.stated = stated_.contains(name.text);
    if (found.column.type == ColumnType::kCategory) {
      if (facts.distinct.overflowed()) {
        fail(ExitCode::kBadData,
             "{}: column '{}' has more than {} distinct values, too many for a category; declare "
             "it as text",
             files_.front()->name(), name.text, kMaxLevels);
      }
      for (std::size_t i = 0; i < facts.distinct.size(); ++i) {
        found.column.levels.emplace_back(facts.distinct.at(i));
      }
      std::ranges::sort(found.column.levels);
    }
    found.wanted = seen_[c].wanted;
    if (found.wanted) {
      note(c, found.column.type);
      note_form(name.text, facts);
    }
    source_.push_back(c);
    columns_.push_back(std::move(found));
  }
  write_kinds();
  if (columns_.empty()) {
    fail(ExitCode::kBadData, "{} holds no values", files_.front()->name());
  }
}

void Reading::note(std::size_t c, ColumnType type) {
  const CellCounts& counts = facts_[c].counts;
  const std::string& name = seen_[c].name.text;
  const bool required = required_.contains(name);
  const std::optional<ShownCell>& other = facts_[c].first_other;
  const auto where = [&] { return line_of(other->file, other->line); };
  if (files_.front()->format().has_header() && !seen_[c].name.given) {
    notes_.push_back(fmt::format("column {} has no name and is called '{}'", c + 1, name));
  }
  if (counts.values() == 0) {
    notes_.push_back(fmt::format("column '{}' holds no values", name));
  }
  if (counts[CellCounts::kNotUtf8] > 0) {
    notes_.push_back(fmt::format("column '{}': {} not in UTF-8, read as Windows-1252", name,
                                 counted(counts[CellCounts::kNotUtf8], "cell")));
  }
  const std::uint64_t numbers = counts.numbers() + counts[CellCounts::kWritten];
  const bool is_number = type != ColumnType::kText && type != ColumnType::kCategory;
  if (required || is_number || numbers * 10 < counts.values() * 9) {
    return;
  }
  if (other) {
    notes_.push_back(fmt::format(
        "column '{}' is {}, but only {} of {} values are not numbers, the first '{}' in {}: "
        "if that means missing, declare it so; else state the type",
        name, to_string(type), counts.values() - numbers, counts.values(), other->text, where()));
  } else if (counts.all_written()) {
    notes_.push_back(
        fmt::format("column '{}' is {}: its numbers are written in different ways, some with a "
                    "decimal point and some with a comma; correct them, or state the type",
                    name, to_string(type)));
  }
}

void Reading::fail_too_long(const CellBatch& batch, std::size_t column, std::uint64_t file,
                            const std::string& name) const {
  const std::span<const std::string_view> cells = batch.column(column);
  const auto at = std::ranges::max_element(cells, {}, &std::string_view::size);
  fail(ExitCode::kBadData,
       "{}: column '{}' has a value of {}, more than the {} that one may have; is a quote missing?",
       place(file, batch.lines()[static_cast<std::size_t>(at - cells.begin())]), name,
       bytes_text(at->size()), bytes_text(kMaxValueBytes));
}

ReadReport Reading::report() const {
  ReadReport report;
  const bool several = files_.size() > 1;
  for (const auto& file : files_) {
    report.files.push_back(file->name());
    report.bytes += file->bytes();
    report.by_one_rank = report.by_one_rank || file->is_stream();
    for (const auto* const notes : {&file->notes(), &file->format().notes()}) {
      for (const std::string& note : *notes) {
        report.notes.push_back(several ? fmt::format("{}: {}", file->name(), note) : note);
      }
    }
  }
  const RecordFormat& format = files_.front()->format();
  report.format = files_.front()->kind().name;
  report.delimiter = format.delimiter();
  report.header = format.has_header();
  report.rows = places_.rows();
  report.rejected = rejections_.count;
  for (const Rejections::One& one : rejections_.first) {
    report.rejections.push_back({several ? name_of(one.file) : "", one.line, one.reason});
  }
  for (const FoundColumn& found : columns_) {
    report.columns.push_back({.name = found.column.name,
                              .type = found.column.type,
                              .stated = found.stated,
                              .summary = found.summary,
                              .has_time = found.column.has_time,
                              .written = found.form.date ? found.form.date->name()
                                         : found.form.decimal == Decimal::kComma ? "decimal comma"
                                                                                 : "",
                              .unit = found.unit});
  }
  report.notes.insert(report.notes.end(), notes_.begin(), notes_.end());
  return report;
}

}  // namespace tessera::table
