// What the scans of all ranks amount to, and the types that follow.
#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "table/values/infer.hpp"

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

std::set<std::string> union_of(const comm::Communicator& comm, const std::set<std::string>& mine) {
  std::string packed;
  for (const std::string& unit : mine) {
    packed.append(unit).push_back('\0');
  }
  std::set<std::string> all;
  for (std::string_view theirs : comm.all_gather_strings(packed)) {
    while (!theirs.empty()) {
      all.emplace(theirs.substr(0, theirs.find('\0')));
      theirs.remove_prefix(theirs.find('\0') + 1);
    }
  }
  return all;
}

// What a column's values fit on all ranks, as sums: of each way, on how many ranks some do not.
constexpr unsigned kFitBits = 16;  // so that up to 65,535 ranks may
constexpr std::size_t kFitsPerWord = 64 / kFitBits;
constexpr std::size_t kStyleFits = static_cast<std::size_t>(DateStyle::kStyles) + 1;
constexpr std::size_t kFits = kStyleFits + 3;
constexpr std::size_t kFitWords = (kFits + kFitsPerWord - 1) / kFitsPerWord;

std::array<std::uint64_t, kFitWords> lacks_of(const ColumnFacts& facts) {
  const std::uint64_t fits = (std::uint64_t{facts.styles} & ((1U << kStyleFits) - 1)) |
                             std::uint64_t{facts.readings} << kStyleFits |
                             std::uint64_t{facts.has_time ? 0U : 1U} << (kStyleFits + 2);
  std::array<std::uint64_t, kFitWords> lacks{};
  for (std::size_t i = 0; i < kFits; ++i) {
    lacks[i / kFitsPerWord] |= (~fits >> i & 1U) << (i % kFitsPerWord * kFitBits);
  }
  return lacks;
}

void set_fits(ColumnFacts& facts, const std::uint64_t* lacks) {
  std::uint64_t fits = 0;
  for (std::size_t i = 0; i < kFits; ++i) {
    const std::uint64_t ranks =
        lacks[i / kFitsPerWord] >> (i % kFitsPerWord * kFitBits) & ((1U << kFitBits) - 1);
    fits |= std::uint64_t{ranks == 0 ? 1U : 0U} << i;
  }
  facts.styles = static_cast<DateStyles>(fits & ((1U << kStyleFits) - 1));
  facts.readings = static_cast<unsigned>(fits >> kStyleFits & 3U);
  facts.has_time = (fits >> (kStyleFits + 2) & 1U) == 0;
}

}  // namespace

DistinctSet canonical(const DistinctSet& cells, const ColumnForm& form) {
  DistinctSet numbers;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Number read = form.parse(cells.at(i));
    if (read.kind == NumberKind::kNone) {
      continue;  // stands for a missing one
    }
    const std::string number = canonical(read);
    if (numbers.find(number) < 0) {
      numbers.add(number);
    }
  }
  return numbers;
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
    const std::array<std::uint64_t, kFitWords> lacks = lacks_of(scan.facts_);
    counts.insert(counts.end(), lacks.begin(), lacks.end());
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
    const auto own = counts.begin() + static_cast<std::ptrdiff_t>(c * (kKinds + 1 + kFitWords));
    std::copy_n(own, kKinds, facts.counts.of.begin());
    facts.bytes = own[kKinds];
    set_fits(facts, &own[kKinds + 1]);
    facts.longest = longest[c];
    facts.minimum = minima[c];
    facts.maximum = maxima[c];
    if (facts.counts.all_numbers()) {
      facts.distinct = union_of(comm, mine.distinct.overflowed()
                                          ? scans[c].numbers_
                                          : canonical(mine.distinct, scans[c].rules_.form));
    } else {
      facts.distinct = union_of(comm, mine.distinct);
    }
    const auto first = [&](bool any, const std::optional<ShownCell>& cell) {
      return any ? first_of(comm, cell) : std::nullopt;
    };
    const CellCounts& of = facts.counts;
    facts.first_other = first(of[CellCounts::kOthers] > 0, mine.first_other);
    facts.first_not_finite = first(of[CellCounts::kNotFinite] > 0, mine.first_not_finite);
    facts.first_mark = first(of[CellCounts::kMarks] > 0, mine.first_mark);
    facts.first_date = first(of[CellCounts::kDates] > 0, mine.first_date);
    facts.first_ambiguous = first(of[CellCounts::kDates] > 0, mine.first_ambiguous);
    facts.first_written = first(of.all_written(), mine.first_written);
    facts.first_two_ways =
        first((of.all_written() || of.all_numbers()) && (facts.readings & kCommaReading) != 0,
              mine.first_two_ways);
    if (of.all_written()) {
      facts.units = union_of(comm, mine.units);
    }
    scans[c] = ColumnScan({});
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
  const bool is_number =
      type == ColumnType::kInteger || type == ColumnType::kReal || type == ColumnType::kDate;
  summary.missing =
      facts.counts[CellCounts::kMissing] + (is_number ? facts.counts[CellCounts::kMarks] : 0);
  summary.distinct = facts.distinct.overflowed() ? kMaxLevels + 1 : facts.distinct.size();
  if (is_number && facts.counts.numbers() > 0) {
    summary.minimum = facts.minimum + 0.0;
    summary.maximum = facts.maximum + 0.0;
  }
  return summary;
}

}  // namespace tessera::table
