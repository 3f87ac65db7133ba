// What is said of how the columns of a Reading are written, wherever that was found out.
#include <algorithm>

#include "table/records/reading.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {

void Reading::note_form(const std::string& name, const ColumnFacts& facts) {
  const CellCounts& counts = facts.counts;
  if (counts[CellCounts::kMarks] > 0 && facts.first_mark && counts.numbers() > 0 &&
      counts.numbers() + counts[CellCounts::kMarks] == counts.values()) {
    note_kind("cells that stand for a missing value", name, shown_at(*facts.first_mark));
  }
  const auto settled = settled_.find(name);
  if (settled == settled_.end()) {
    if (facts.first_two_ways && counts.all_numbers() && facts.readings > kPointReading &&
        counts[CellCounts::kReals] > 0 && !required_.contains(name) &&
        options_.decimal == DecimalMark::kAuto) {
      note_kind(
          "numbers with a decimal point, unless it groups thousands (then state a decimal "
          "comma)",
          name, shown_at(*facts.first_two_ways));
    }
    return;
  }
  const SettledForm& form = settled->second;
  if (form.form.date) {
    note_kind(fmt::format("dates written as {}", form.form.date->name()), name, "");
    return;
  }
  const bool comma = form.form.decimal == Decimal::kComma;
  if (form.guessed) {
    note_kind("numbers whose comma groups thousands, unless it is a decimal one (then state that)",
              name, shown_at(*form.example));
  } else if (form.example) {
    note_kind(comma ? "numbers with a decimal comma" : "numbers that are not written plainly", name,
              shown_at(*form.example));
  }
  if (form.units.size() > 1) {
    std::string units;
    for (const std::string& unit : form.units) {
      units += (units.empty() ? "" : ", ") + unit;
    }
    notes_.push_back(fmt::format(
        "column '{}' has numbers of different units ({}), taken as if they were one", name, units));
  }
}

void Reading::note_kind(const std::string& kind, const std::string& column,
                        const std::string& example) {
  const auto known = std::ranges::find(kinds_, kind, &KindOfNote::kind);
  if (known == kinds_.end()) {
    kinds_.push_back({kind, {column}, example});
  } else {
    known->columns.push_back(column);
  }
}

void Reading::write_kinds() {
  constexpr std::size_t kNamed = 4;
  for (const KindOfNote& note : kinds_) {
    std::string columns;
    for (std::size_t i = 0; i < std::min(kNamed, note.columns.size()); ++i) {
      columns += fmt::format("{}'{}'", i == 0 ? "" : ", ", note.columns[i]);
    }
    if (note.columns.size() > kNamed) {
      columns += fmt::format(" and {} more", grouped(note.columns.size() - kNamed));
    }
    notes_.push_back(fmt::format("column{} {}: {}{}{}", note.columns.size() == 1 ? "" : "s",
                                 columns, note.kind, note.example.empty() ? "" : ", such as ",
                                 note.example));
  }
}

}  // namespace tessera::table
