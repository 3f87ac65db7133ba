// How the columns of a Reading are written, which all their values decide together.
#include <algorithm>
#include <bit>
#include <utility>
#include <vector>

#include "table/records/reading.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {

RequiredCells Reading::required_as(ColumnType type) const {
  RequiredCells cells{.type = type, .form = {}};
  if (type == ColumnType::kInteger || type == ColumnType::kReal) {
    cells.form.decimal =
        options_.decimal == DecimalMark::kComma ? Decimal::kComma : Decimal::kPoint;
    cells.form.zeros_allowed = true;
  }
  return cells;
}

ScanRules Reading::rules_of(const std::string& column) const {
  ScanRules rules;
  if (const auto required = required_.find(column); required != required_.end()) {
    rules.stated = required->second.type;
    rules.form = required->second.form;
  } else if (const auto settled = settled_.find(column); settled != settled_.end()) {
    rules.form = settled->second.form;
  }
  if (date_formats_.all && !date_formats_.all->style()) {
    rules.pattern = date_formats_.all;
  }
  return rules;
}

std::string Reading::shown_at(const ShownCell& cell) const {
  return fmt::format("'{}' in line {}", cell.text,
                     files_.size() > 1 ? fmt::format("{} of {}", cell.line, name_of(cell.file))
                                       : fmt::format("{}", cell.line));
}

void Reading::fail_ambiguous(const std::string& column, const ColumnFacts& facts, DateStyle one,
                             DateStyle other) const {
  const ShownCell& cell = *facts.first_ambiguous;
  const auto read = [&](DateStyle style) {
    const auto seconds = parse_date(cell.text, style);
    return fmt::format("{} as {}", seconds ? date_text(*seconds) : "no date",
                       tessera::name_of(style));
  };
  fail_about("date_format", ExitCode::kBadData,
             "{}: column '{}': '{}' is {}, but {}, and no value of the column tells which; state "
             "how its dates are written, as {}={}",
             place(cell.file, cell.line), column, cell.text, read(one), read(other), column,
             tessera::name_of(one));
}

// The style that all dates of the column fit; of what is only said to be dates that of the first,
// which the others are then held to. True if one was found.
bool Reading::settle_date(const std::string& column, const ColumnFacts& facts) {
  DateStyles styles = facts.styles;
  const std::optional<DateFormat>& stated = date_formats_.all;
  if ((styles & kStatedPattern) != 0) {
    settled_[column] = {.form = {.decimal = {}, .date = stated}, .units = {}, .example = {}};
    return true;
  }
  styles &= kStatedPattern - 1;
  if (stated && stated->style() && (styles & only(*stated->style())) != 0) {
    styles = only(*stated->style());
  }
  if (styles == 0 && facts.first_date && required_.contains(column)) {
    styles = styles_of(facts.first_date->text, ~DateStyles{0} & (kStatedPattern - 1));
    styles &= ~styles + 1;  // the first of them
  }
  if (styles == 0) {
    return false;
  }
  const auto first = static_cast<DateStyle>(std::countr_zero(styles));
  if (std::popcount(styles) > 1 && facts.first_ambiguous) {
    const DateStyles rest = styles & (styles - 1);
    fail_ambiguous(column, facts, first, static_cast<DateStyle>(std::countr_zero(rest)));
  }
  settled_[column] = {.form = {.decimal = {}, .date = first}, .units = {}, .example = {}};
  return true;
}

// The columns whose cells are now to be read in other ways.
std::vector<std::size_t> Reading::settle_forms() {
  std::vector<std::size_t> others;
  for (std::size_t c = 0; c < facts_.size(); ++c) {
    const ColumnFacts& facts = facts_[c];
    const std::string& column = seen_[c].name.text;
    const auto required = required_.find(column);
    if (required != required_.end()) {
      RequiredCells& cells = required->second;
      if (cells.type == ColumnType::kDate && !cells.form.date && settle_date(column, facts)) {
        cells.form = settled_[column].form;
        others.push_back(c);
      }
      continue;
    }
    if (facts.counts.all_dates()) {
      if (settle_date(column, facts)) {
        others.push_back(c);
      }
      continue;
    }
    if (files_.front()->holds_words(column)) {
      continue;
    }
    const unsigned wanted = options_.decimal == DecimalMark::kPoint ? kPointReading
                            : options_.decimal == DecimalMark::kComma
                                ? kCommaReading
                                : kPointReading | kCommaReading;
    const unsigned readings = facts.readings & wanted;
    const bool plain = facts.counts.all_numbers() && (readings & kPointReading) != 0;
    if (readings == 0 || plain || !(facts.counts.all_written() || facts.counts.all_numbers())) {
      continue;
    }
    if (facts.counts.all_numbers() && (facts.counts[CellCounts::kReals] == 0)) {
      continue;  // whole numbers are the same in all readings
    }
    const Decimal decimal = (readings & kPointReading) != 0 ? Decimal::kPoint : Decimal::kComma;
    const bool guessed =
        readings == (kPointReading | kCommaReading) && facts.first_two_ways.has_value();
    settled_[column] = {.form = {.decimal = decimal, .date = {}},
                        .units = facts.units,
                        .example = guessed || facts.counts.all_numbers() ? facts.first_two_ways
                                                                         : facts.first_written,
                        .guessed = guessed};
    others.push_back(c);
  }
  return others;
}

// Dates that all were kept, as text, are understood from there: true if nothing else is to be read
// again. As each of them fits its form, there is no cell to be shown, and no line to be known.
bool Reading::scan_kept(const std::vector<std::size_t>& columns) {
  const bool can = keeping_ && std::ranges::all_of(columns, [&](std::size_t c) {
                     const auto settled = settled_.find(seen_[c].name.text);
                     return facts_[c].counts.all_dates() && !required_.contains(settled->first) &&
                            facts_[c].counts[CellCounts::kNotUtf8] == 0 &&
                            seen_[c].kept.serves(ColumnType::kText);
                   });
  if (comm_.all_min(std::uint64_t{can ? 1U : 0U}) == 0) {
    return false;
  }
  std::vector<ColumnScan> scans;
  comm_.together([&] {
    const std::vector<std::uint64_t> lines(KeptColumn::kPieceRows);
    for (const std::size_t c : columns) {
      Seen& seen = seen_[c];
      ColumnScan& scan = scans.emplace_back(rules_of(seen.name.text));
      KeptColumn dates;
      seen.kept.for_each_text([&](std::span<const std::string_view> texts) {
        scan.add(texts, std::span(lines).first(texts.size()), missing_, &dates);
      });
      dates.set_dictionary(scan.dictionary());
      seen.kept = std::move(dates);
    }
  });
  std::vector<ColumnFacts> facts = ColumnScan::combine(comm_, std::move(scans));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    ColumnFacts& known = facts_[columns[i]];
    facts[i].first_mark = known.first_mark;
    known = std::move(facts[i]);
  }
  return true;
}

}  // namespace tessera::table
