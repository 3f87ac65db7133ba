#include "infer.hpp"

#include <algorithm>
#include <utility>

#include "utf8.hpp"

namespace tessera::table {
namespace {

// The cell of the lowest rank that has one.
std::optional<ShownCell> first_of(const comm::Communicator& comm,
                                  const std::optional<ShownCell>& mine) {
  const std::int64_t rank = comm.all_min(std::int64_t{mine ? comm.rank() : comm.size()});
  if (rank == comm.size()) {
    return std::nullopt;
  }
  ShownCell cell = mine.value_or(ShownCell{});
  comm.broadcast(std::span(&cell.line, 1), static_cast<int>(rank));
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
  switch (number.kind) {
    case NumberKind::kInteger:
      return CellCounts::kIntegers;
    case NumberKind::kBigInteger:
      return CellCounts::kBigIntegers;
    case NumberKind::kReal:
      return CellCounts::kReals;
    default:
      return CellCounts::kNotFinite;
  }
}

void ColumnScan::add(std::span<const std::string_view> cells, std::span<const std::uint64_t> lines,
                     const MissingMarkers& missing) {
  // Counted in a register as long as the kind stays: one in memory would be waited for.
  CellCounts::Kind kind = CellCounts::kMissing;
  std::uint64_t run = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string_view cell = cells[i];
    if (missing.match(cell)) {
      ++facts_.counts.of[CellCounts::kMissing];
      continue;
    }
    if (facts_.distinct.overflowed()) {
      if (!add_common_number(cell)) {
        add_new(cell, lines[i]);
      }
    } else if (const std::int32_t known = facts_.distinct.find_cell(cell); known >= 0) {
      // All else that this cell has to say was said by the first one like it.
      if (const CellCounts::Kind its = kinds_[static_cast<std::size_t>(known)]; its != kind) {
        facts_.counts.of[kind] += std::exchange(run, 0);
        kind = its;
      }
      ++run;
    } else {
      add_new(cell, lines[i]);
    }
  }
  facts_.counts.of[kind] += run;
}

// What is left to learn from most numbers once there are too many to be kept. False for any other.
bool ColumnScan::add_common_number(std::string_view cell) {
  if (!numbers_.overflowed() || !reads_numbers()) {
    return false;
  }
  const Number number = parse_number(cell);
  const bool integer = number.kind == NumberKind::kInteger;
  if ((!integer && number.kind != NumberKind::kReal) || (!stated_ && looks_like_identifier(cell))) {
    return false;
  }
  ++facts_.counts.of[integer ? CellCounts::kIntegers : CellCounts::kReals];
  facts_.minimum = std::min(facts_.minimum, number.real);
  facts_.maximum = std::max(facts_.maximum, number.real);
  facts_.longest = std::max(facts_.longest, cell.size());
  return true;
}

void ColumnScan::add_new(std::string_view cell, std::uint64_t line) {
  const Number number = reads_numbers() ? parse_number(cell) : Number{};
  const CellCounts::Kind kind = kind_of(number, cell);
  ++facts_.counts.of[kind];
  const bool is_number = kind == CellCounts::kIntegers || kind == CellCounts::kBigIntegers ||
                         kind == CellCounts::kReals;
  if (is_number) {
    facts_.minimum = std::min(facts_.minimum, number.real);
    facts_.maximum = std::max(facts_.maximum, number.real);
  } else if ((kind == CellCounts::kOthers || kind == CellCounts::kDecimalCommas) &&
             !facts_.first_other) {
    facts_.first_other = {line, shown(cell)};
  } else if (kind == CellCounts::kNotFinite && !facts_.first_not_finite) {
    facts_.first_not_finite = {line, shown(cell)};
  }
  add_text(cell, is_number);
  if (kinds_.size() < facts_.distinct.size()) {
    kinds_.push_back(kind);
  }
  if (facts_.distinct.overflowed() && is_number && !numbers_.overflowed()) {
    add_number(number);
  }
}

void ColumnScan::add_text(std::string_view cell, bool is_number) {
  if (is_number || is_utf8(cell)) {
    facts_.longest = std::max(facts_.longest, cell.size());
    add_distinct(cell);
    return;
  }
  const std::string text = utf8_from_windows_1252(cell);
  ++facts_.counts.of[CellCounts::kNotUtf8];
  facts_.longest = std::max(facts_.longest, text.size());
  if (facts_.distinct.find(text) < 0) {
    add_distinct(text);
  }
}

void ColumnScan::add_distinct(std::string_view text) {
  if (facts_.distinct.overflowed()) {
    return;
  }
  facts_.distinct.add(text);
  if (facts_.distinct.overflowed()) {
    count_numbers_from_here();
  }
}

// More spellings than can be kept are not yet more numbers: 1 and 1.0 are one.
void ColumnScan::count_numbers_from_here() {
  if (facts_.counts[CellCounts::kOthers] + facts_.counts[CellCounts::kDecimalCommas] +
          facts_.counts[CellCounts::kIdentifiers] + facts_.counts[CellCounts::kNotFinite] ==
      0) {
    numbers_ = canonical(facts_.distinct);
  } else {
    numbers_.overflow();
  }
  facts_.distinct = DistinctSet();
  facts_.distinct.overflow();
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
    std::copy_n(counts.begin() + static_cast<std::ptrdiff_t>(c * kKinds), kKinds,
                facts.counts.of.begin());
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
