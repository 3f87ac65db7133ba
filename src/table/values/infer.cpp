#include "table/values/infer.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <utility>

#include "table/values/utf8.hpp"

namespace tessera::table {
namespace {

// The first cell of the files, of those that the ranks have.
std::optional<ShownCell> first_of(const comm::Communicator& comm,
                                  const std::optional<ShownCell>& mine) {
  constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
  constexpr unsigned kLineBits = 48;
  const std::uint64_t place = mine ? mine->file << kLineBits | mine->line : kNone;
  const std::uint64_t first = comm.all_min(place);
  if (first == kNone) {
    return std::nullopt;
  }
  const std::int64_t rank = comm.all_min(std::int64_t{place == first ? comm.rank() : comm.size()});
  ShownCell cell = mine.value_or(ShownCell{});
  cell.file = first >> kLineBits;
  cell.line = first & ((std::uint64_t{1} << kLineBits) - 1);
  cell.text = comm.broadcast(std::move(cell.text), static_cast<int>(rank));
  return cell;
}

DistinctSet canonical(const DistinctSet& cells) {
  DistinctSet numbers;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string number = canonical(parse_number(cells.at(i)));
    if (numbers.find(number) < 0) {
      numbers.add(number);
    }
  }
  return numbers;
}

DistinctSet union_of(const comm::Communicator& comm, const DistinctSet& mine) {
  DistinctSet all;
  if (comm.all_max(std::int64_t{mine.overflowed() ? 1 : 0}) != 0) {
    all.overflow();
    return all;
  }
  for (const std::string& packed : comm.all_gather_strings(mine.pack())) {
    all.merge(packed);
  }
  return all;
}

bool is_number(CellCounts::Kind kind) {
  return kind == CellCounts::kIntegers || kind == CellCounts::kBigIntegers ||
         kind == CellCounts::kReals;
}

// 1,5: no number here, but one where it was written.
bool has_decimal_comma(std::string_view cell) {
  constexpr std::size_t kLongest = 32;  // longer ones are not worth a copy
  const std::size_t comma = cell.find(',');
  if (comma == std::string_view::npos || cell.size() > kLongest) {
    return false;
  }
  std::string text(cell);
  text[comma] = '.';
  return parse_number(text).kind == NumberKind::kReal;
}

}  // namespace

CellCounts::Kind ColumnScan::kind_of(const Number& number, std::string_view cell) const {
  if (number.kind == NumberKind::kNone) {
    return has_decimal_comma(cell) ? CellCounts::kDecimalCommas : CellCounts::kOthers;
  }
  if (!stated_ && looks_like_identifier(cell)) {
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
    done += add_numbers(cells.subspan(done), missing, kept);
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

// As long as each cell is a number.
std::size_t ColumnScan::add_numbers(std::span<const std::string_view> cells,
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
    const Number number = parse_cell(cell);
    const CellCounts::Kind kind = kind_of(number, cell);
    if (!is_number(kind)) {
      break;
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
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::string_view text;
    if (missing.match(cells[i])) {
      ++facts_.counts.of[CellCounts::kMissing];
    } else {
      text = utf8_of(cells[i], converted);
      ++facts_.counts.of[note(cells[i], text, lines[i])];
      facts_.bytes += text.size();
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
  const Number number = reads_numbers() ? parse_number(cell) : Number{};
  const CellCounts::Kind kind = kind_of(number, cell);
  facts_.counts.of[CellCounts::kNotUtf8] += text.data() != cell.data() ? 1U : 0U;
  facts_.longest = std::max(facts_.longest, text.size());
  if (is_number(kind)) {
    note_number(number);
  } else if ((kind == CellCounts::kOthers || kind == CellCounts::kDecimalCommas) &&
             !facts_.first_other) {
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
    numbers_ = canonical(coded_);
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

std::vector<ColumnFacts> ColumnScan::combine(const comm::Communicator& comm,
                                             std::vector<ColumnScan> scans) {
  constexpr std::size_t kKinds = CellCounts::kKinds;
  std::vector<std::uint64_t> counts;
  std::vector<std::uint64_t> longest;
  std::vector<double> minima;
  std::vector<double> maxima;
  for (const ColumnScan& scan : scans) {
    counts.insert(counts.end(), scan.facts_.counts.of.begin(), scan.facts_.counts.of.end());
    counts.push_back(scan.facts_.bytes);
    longest.push_back(scan.facts_.longest);
    minima.push_back(scan.facts_.minimum);
    maxima.push_back(scan.facts_.maximum);
  }
  comm.all_reduce(std::span(counts), comm::Op::kSum);
  comm.all_reduce(std::span(longest), comm::Op::kMax);
  comm.all_reduce(std::span(minima), comm::Op::kMin);
  comm.all_reduce(std::span(maxima), comm::Op::kMax);

  std::vector<ColumnFacts> all(scans.size());
  for (std::size_t c = 0; c < scans.size(); ++c) {
    ColumnFacts& facts = all[c];
    const ColumnFacts& mine = scans[c].facts_;
    const auto own = counts.begin() + static_cast<std::ptrdiff_t>(c * (kKinds + 1));
    std::copy_n(own, kKinds, facts.counts.of.begin());
    facts.bytes = own[kKinds];
    facts.longest = longest[c];
    facts.minimum = minima[c];
    facts.maximum = maxima[c];
    if (facts.counts.all_numbers()) {
      facts.distinct =
          union_of(comm, mine.distinct.overflowed() ? scans[c].numbers_ : canonical(mine.distinct));
    } else {
      facts.distinct = union_of(comm, mine.distinct);
    }
    if (facts.counts[CellCounts::kOthers] + facts.counts[CellCounts::kDecimalCommas] > 0) {
      facts.first_other = first_of(comm, mine.first_other);
    }
    if (facts.counts[CellCounts::kNotFinite] > 0) {
      facts.first_not_finite = first_of(comm, mine.first_not_finite);
    }
    scans[c] = ColumnScan(std::nullopt);
  }
  return all;
}

ColumnType infer_type(const ColumnFacts& facts) {
  // A handful of levels needs no second proof that it is a category than one repetition.
  constexpr std::uint64_t kHandful = 20;
  const std::uint64_t values = facts.counts.values();
  if (values == 0) {
    return ColumnType::kReal;
  }
  if (facts.counts.all_numbers() && facts.counts[CellCounts::kNotFinite] == 0) {
    return facts.counts[CellCounts::kReals] == 0 ? ColumnType::kInteger : ColumnType::kReal;
  }
  const std::uint64_t distinct = facts.distinct.size();
  const bool few = !facts.distinct.overflowed() &&
                   (2 * distinct <= values || (distinct <= kHandful && distinct < values));
  return few ? ColumnType::kCategory : ColumnType::kText;
}

ColumnSummary summary_of(const ColumnFacts& facts, ColumnType type) {
  ColumnSummary summary;
  summary.missing = facts.counts[CellCounts::kMissing];
  summary.distinct = facts.distinct.overflowed() ? kMaxLevels + 1 : facts.distinct.size();
  if ((type == ColumnType::kInteger || type == ColumnType::kReal) && facts.counts.numbers() > 0) {
    summary.minimum = facts.minimum + 0.0;
    summary.maximum = facts.maximum + 0.0;
  }
  return summary;
}

}  // namespace tessera::table
