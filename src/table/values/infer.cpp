#include "table/values/infer.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <utility>

#include "table/values/utf8.hpp"

namespace tessera::table {
CellCounts::Kind ColumnScan::kind_of_other(std::string_view cell) const {
  if (rules_.stated == ColumnType::kText || rules_.stated == ColumnType::kCategory) {
    return CellCounts::kOthers;
  }
  if (is_plainly_text(cell) && !rules_.pattern) {
    return CellCounts::kOthers;
  }
  if (is_missing_mark(cell)) {
    return CellCounts::kMarks;
  }
  const DateStyles asked = rules_.stated == ColumnType::kDate ? ~DateStyles{0} : kDateLikeStyles;
  if (styles_of(cell, asked) != 0 || (rules_.pattern && rules_.pattern->parse(cell))) {
    return CellCounts::kDates;
  }
  return readings_of(cell) != 0 ? CellCounts::kWritten : CellCounts::kOthers;
}

CellCounts::Kind ColumnScan::kind_of(const Number& number, std::string_view cell) const {
  if (number.kind == NumberKind::kNone) {
    return kind_of_other(cell);
  }
  if (!rules_.stated && looks_like_identifier(cell) && rules_.form.is_plain()) {
    return CellCounts::kIdentifiers;
  }
  // in the order of NumberKind
  constexpr std::array kKinds = {CellCounts::kOthers, CellCounts::kIntegers,
                                 CellCounts::kBigIntegers, CellCounts::kReals,
                                 CellCounts::kNotFinite};
  return kKinds[static_cast<std::size_t>(number.kind)];
}

void ColumnScan::add(std::span<const std::string_view> cells, std::span<const std::uint64_t> lines,
                     const MissingMarkers& missing, KeptColumn* kept) {
  std::size_t done = 0;
  if (!facts_.distinct.overflowed()) {
    done = add_few(cells, lines, missing, kept);
  }
  if (done < cells.size() && is_numeric()) {
    done += add_numbers(cells.subspan(done), lines.subspan(done), missing, kept);
  }
  if (done < cells.size()) {
    add_texts(cells.subspan(done), lines.subspan(done), missing, kept);
  }
}

void ColumnScan::add_missing(std::uint64_t rows, KeptColumn* kept) {
  const std::vector<std::string_view> cells(std::min<std::uint64_t>(rows, 4096));
  const std::vector<std::uint64_t> lines(cells.size());
  const MissingMarkers none({});
  while (rows > 0) {
    const std::size_t count = std::min<std::uint64_t>(rows, cells.size());
    add(std::span(cells).first(count), std::span(lines).first(count), none, kept);
    rows -= count;
  }
}

// As long as each distinct cell is kept.
std::size_t ColumnScan::add_few(std::span<const std::string_view> cells,
                                std::span<const std::uint64_t> lines, const MissingMarkers& missing,
                                KeptColumn* kept) {
  codes_.resize(cells.size());
  KeptColumn::Code* const codes = codes_.data();
  std::uint64_t bytes = 0;
  std::size_t i = 0;
  for (; i < cells.size(); ++i) {
    const std::string_view cell = cells[i];
    // All else that a known cell has to say was said by the first one like it.
    std::int32_t number = cell.empty() ? -1 : facts_.distinct.find_cell(cell);
    if (number >= 0) {
      bytes += cell.size();
    } else if (!missing.match(cell)) {
      number = add_distinct(cell, lines[i]);
      if (number < 0) {
        break;
      }
      bytes += facts_.distinct.at(static_cast<std::size_t>(number)).size();
    }
    codes[i] = static_cast<KeptColumn::Code>(number + 1);
  }
  facts_.bytes += bytes;
  count_codes(std::span(codes_).first(i));
  if (facts_.distinct.overflowed()) {
    count_numbers_from_here();
  }
  if (kept != nullptr) {
    kept->add_codes(std::span(codes_).first(i));
  }
  return i;
}

void ColumnScan::count_codes(std::span<const KeptColumn::Code> codes) {
  const auto missing = static_cast<std::uint64_t>(std::ranges::count(codes, KeptColumn::Code{0}));
  facts_.counts.of[CellCounts::kMissing] += missing;
  if (one_kind_) {
    if (!kinds_.empty()) {
      facts_.counts.of[kinds_[0]] += codes.size() - missing;
    }
    return;
  }
  for (const KeptColumn::Code code : codes) {
    if (code != 0) {
      ++facts_.counts.of[kinds_[code - 1U]];
    }
  }
}

// As long as each cell is a number, or stands for a missing one.
std::size_t ColumnScan::add_numbers(std::span<const std::string_view> cells,
                                    std::span<const std::uint64_t> lines,
                                    const MissingMarkers& missing, KeptColumn* kept) {
  const ColumnForm& form = rules_.form;
  if (form.is_plain()) {
    const auto parse = [](std::string_view cell) { return parse_cell(cell); };
    return add_numbers_as(parse, cells, lines, missing, kept);
  }
  if (form.decimal == Decimal::kPoint) {
    const auto parse = [&form](std::string_view cell) {
      const Number number = parse_cell(cell);
      return number.kind != NumberKind::kNone ? number : form.parse(cell);
    };
    return add_numbers_as(parse, cells, lines, missing, kept);
  }
  std::string_view last;  // dates often are that of the line before
  Number number;
  const auto parse = [&](std::string_view cell) {
    if (cell != last) {
      last = cell;
      number = form.parse(cell);
      facts_.has_time = facts_.has_time || number.integer % kSecondsPerDay != 0;
    }
    return number;
  };
  return add_numbers_as(parse, cells, lines, missing, kept);
}

template <typename Parse>
std::size_t ColumnScan::add_numbers_as(const Parse& parse, std::span<const std::string_view> cells,
                                       std::span<const std::uint64_t> lines,
                                       const MissingMarkers& missing, KeptColumn* kept) {
  integers_.resize(cells.size());
  reals_.resize(cells.size());
  std::array<std::uint64_t, CellCounts::kKinds> counts{};
  std::size_t longest = facts_.longest;
  std::uint64_t bytes = 0;
  std::size_t i = 0;
  for (; i < cells.size(); ++i) {
    const std::string_view cell = cells[i];
    if (missing.match(cell)) {
      ++counts[CellCounts::kMissing];
      integers_[i] = kMissingInteger;
      reals_[i] = std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    const Number number = parse(cell);
    const CellCounts::Kind kind = kind_of(number, cell);
    if (!CellCounts::is_number(kind)) {
      if (kind != CellCounts::kMarks) {
        break;
      }
      note_form(kind, cell, lines[i]);
      ++counts[kind];
      longest = std::max(longest, cell.size());
      bytes += cell.size();
      integers_[i] = kMissingInteger;
      reals_[i] = std::numeric_limits<double>::quiet_NaN();
      continue;
    }
    ++counts[kind];
    note_number(number);
    longest = std::max(longest, cell.size());
    bytes += cell.size();
    if (!numbers_.overflowed()) {
      add_number(number);
    }
    integers_[i] = number.integer;
    reals_[i] = number.real;
  }
  facts_.longest = longest;
  facts_.bytes += bytes;
  std::ranges::transform(counts, facts_.counts.of, facts_.counts.of.begin(), std::plus<>());
  if (counts[CellCounts::kReals] > 0 && (facts_.readings & kCommaReading) != 0) {
    for (std::size_t j = 0; j < i; ++j) {  // as they would be read with a decimal comma
      if (!missing.match(cells[j])) {
        note_form(kind_of(parse(cells[j]), cells[j]), cells[j], lines[j]);
      }
    }
  }
  facts_.styles = counts[CellCounts::kMissing] + counts[CellCounts::kMarks] < i ? 0 : facts_.styles;
  if (kept != nullptr) {
    if (facts_.counts[CellCounts::kIntegers] == facts_.counts.numbers()) {
      kept->add_integers(std::span(integers_).first(i));
    } else {
      kept->add_reals(std::span(reals_).first(i));
    }
  }
  return i;
}

void ColumnScan::add_texts(std::span<const std::string_view> cells,
                           std::span<const std::uint64_t> lines, const MissingMarkers& missing,
                           KeptColumn* kept) {
  std::string converted;
  std::optional<CellCounts::Kind> last;  // of the cell before, which was taken as it stands
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::string_view text;
    if (last && cells[i] == cells[i - 1]) {  // which has said all but its count
      text = cells[i];
      ++facts_.counts.of[*last];
      facts_.bytes += text.size();
    } else if (last.reset(); missing.match(cells[i])) {
      ++facts_.counts.of[CellCounts::kMissing];
    } else {
      text = utf8_of(cells[i], converted);
      const CellCounts::Kind kind = note(cells[i], text, lines[i]);
      ++facts_.counts.of[kind];
      facts_.bytes += text.size();
      if (text.data() == cells[i].data()) {
        last = kind;
      }
    }
    if (kept != nullptr) {
      kept->add_text(text);
    }
  }
}

// Number of a cell not met before, in this spelling, among the distinct ones; -1, and nothing
// noted, if it makes them too many.
std::int32_t ColumnScan::add_distinct(std::string_view cell, std::uint64_t line) {
  std::string converted;
  const std::string_view text = utf8_of(cell, converted);
  std::int32_t known = facts_.distinct.find(text);
  if (known < 0) {
    known = facts_.distinct.add(text);
    if (known < 0) {
      return known;
    }
  }
  const CellCounts::Kind kind = note(cell, text, line);
  if (kinds_.size() < facts_.distinct.size()) {
    kinds_.push_back(kind);
    one_kind_ = one_kind_ && kind == kinds_[0];
  }
  return known;
}

// All that a cell has to say but for the count of its kind; `text`: the cell in UTF-8.
CellCounts::Kind ColumnScan::note(std::string_view cell, std::string_view text,
                                  std::uint64_t line) {
  const Number number = reads_numbers() ? rules_.form.parse(cell) : Number{};
  const CellCounts::Kind kind = kind_of(number, cell);
  if (notes_forms() || kind == CellCounts::kMarks) {
    note_form(kind, cell, line);
  }
  facts_.has_time = facts_.has_time || (rules_.form.date && number.integer % kSecondsPerDay != 0);
  facts_.counts.of[CellCounts::kNotUtf8] += text.data() != cell.data() ? 1U : 0U;
  facts_.longest = std::max(facts_.longest, text.size());
  if (CellCounts::is_number(kind)) {
    note_number(number);
  } else if (kind == CellCounts::kOthers && !facts_.first_other) {
    facts_.first_other = {file_, line, shown(cell)};
  } else if (kind == CellCounts::kNotFinite && !facts_.first_not_finite) {
    facts_.first_not_finite = {file_, line, shown(cell)};
  }
  return kind;
}

void ColumnScan::note_number(const Number& number) {
  facts_.minimum = std::min(facts_.minimum, number.real);
  facts_.maximum = std::max(facts_.maximum, number.real);
}

// More spellings than can be kept are not yet more numbers: 1 and 1.0 are one.
void ColumnScan::count_numbers_from_here() {
  coded_ = std::exchange(facts_.distinct, DistinctSet());
  facts_.distinct.overflow();
  if (is_numeric()) {
    numbers_ = canonical(coded_, rules_.form);
  } else {
    numbers_.overflow();
  }
}

void ColumnScan::add_number(const Number& number) {
  const std::string text = canonical(number);
  if (numbers_.find(text) < 0) {
    numbers_.add(text);
  }
}

}  // namespace tessera::table
