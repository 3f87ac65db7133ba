#include "pipeline/check/columns.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "pipeline/check/distinct.hpp"
#include "pipeline/check/label_ties.hpp"
#include "tessera/features/id_like.hpp"
#include "tessera/features/rows/id_keys.hpp"
#include "tessera/numeric/random.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::pipeline {
namespace {

constexpr double kRare = 0.01;
constexpr std::uint64_t kMissing = 0x6D697373;  // hash of a missing value
constexpr double kMostOfRows = 0.95;            // texts that differ so often may be ids
constexpr std::uint64_t kRowsForIds = 50;

std::uint64_t hash_of(double value) {
  return numeric::mix(std::bit_cast<std::uint64_t>(value + 0.0) + 1);
}

}  // namespace

FirstPass::FirstPass(const comm::Communicator& comm, const table::Table& table,
                     const CheckOptions& options, std::uint64_t min_group, Progress& progress)
    : comm_(comm),
      table_(table),
      options_(options),
      min_group_(min_group),
      progress_(progress),
      share_(comm::share_of(table.rows(), comm.rank(), comm.size())) {
  comm_.together([&] { row_hashes_.resize(share_.count); });
}

std::vector<CheckedColumn> FirstPass::run() {
  const std::vector<table::Column>& all = table_.columns();
  std::vector<CheckedColumn> columns(all.size());
  std::vector<std::size_t> numbers;
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < all.size(); ++i) {
    columns[i].facts.name = all[i].name;
    columns[i].facts.type = all[i].type;
    if (all[i].name == options_.id) {
      continue;
    }
    std::vector<std::size_t>& kind = all[i].has_numbers() ? numbers : others;
    kind.insert(all[i].name == options_.label ? kind.begin() : kind.end(), i);
  }
  // the label comes first, so that the others can be held against it
  const auto measure_other = [&](std::size_t i) {
    report();
    all[i].type == table::ColumnType::kCategory ? measure_category(columns[i], i)
                                                : measure_text(columns[i], i);
  };
  const bool label_first = !others.empty() && all[others.front()].name == options_.label;
  if (label_first) {
    measure_other(others.front());
  }
  if (!numbers.empty()) {
    std::optional<table::NumberColumns> reader;
    comm_.together([&] { reader.emplace(table_, numbers, share_.first, share_.count); });
    for (const std::size_t i : numbers) {
      report();
      std::span<double> values;
      comm_.together([&] { values = reader->next(); });
      measure_numbers(columns[i], values);
    }
  }
  for (std::size_t k = label_first ? 1 : 0; k < others.size(); ++k) {
    measure_other(others[k]);
  }
  progress_.step("checking columns", all.size(), all.size());
  std::erase_if(columns,
                [&](const CheckedColumn& column) { return column.facts.name == options_.id; });
  return columns;
}

void FirstPass::take_hash(std::uint64_t row, std::uint64_t hash, bool is_missing,
                          CheckedColumn& column) {
  const std::uint64_t value = is_missing ? kMissing : hash;
  row_hashes_[row] = numeric::mix(row_hashes_[row] ^ value) + 1;
  const std::uint64_t place = numeric::mix(share_.first + row + 1);
  column.content += numeric::mix(place ^ value);
  if (is_missing) {
    column.missing_rows += place;
    ++column.facts.missing;
  }
}

void FirstPass::reduce_hashes(CheckedColumn& column) {
  column.content = comm_.all_sum(column.content);
  column.missing_rows = comm_.all_sum(column.missing_rows);
  column.facts.missing = comm_.all_sum(column.facts.missing);
  column.known = table_.rows() - column.facts.missing;
}

void FirstPass::measure_numbers(CheckedColumn& column, std::span<double> values) {
  Distinct distinct;
  comm_.together([&] {
    column.is_whole = true;
    for (std::size_t row = 0; row < values.size(); ++row) {
      double& value = values[row];
      const bool is_missing = std::isnan(value);
      const std::uint64_t hash = hash_of(value);
      take_hash(row, hash, is_missing, column);
      if (std::isinf(value)) {
        ++column.facts.infinite;
        value = std::numeric_limits<double>::quiet_NaN();
      } else if (!is_missing) {
        distinct.add(hash, value);
        column.is_whole = column.is_whole && value == std::trunc(value);
      }
    }
    column.range = numeric::extremes_of(values);
  });
  reduce_hashes(column);
  column.facts.infinite = comm_.all_sum(column.facts.infinite);
  column.is_whole = comm_.all_min(column.is_whole ? 1.0 : 0.0) > 0;
  column.range.all_reduce(comm_);
  distinct.merge(comm_);
  column.facts.distinct = std::min(distinct.count(), column.known);
  column.facts.distinct_is_exact = distinct.is_exact();
  column.known -= column.facts.infinite;
  if (column.known == 0) {
    return;
  }
  const bool is_date = column.facts.type == table::ColumnType::kDate;
  if (!is_date) {
    measure_moments(column, values);
  }
  measure_quantiles(column, values);
  if (is_date) {
    column.facts.outliers.reset();
  } else if (column.range.least < column.range.greatest) {
    column.why_id = features::why_id(comm_, column.facts.name, values, column.range, column.known);
  }
  if (distinct.is_exact() && are_few(distinct.count(), column.known)) {
    const std::vector<double> levels = distinct.values();
    measure_levels(column, levels.size(), [&](std::uint64_t row) {
      return std::isnan(values[row])
                 ? std::int32_t{-1}
                 : static_cast<std::int32_t>(std::ranges::lower_bound(levels, values[row]) -
                                             levels.begin());
    });
  } else {
    tie_ranges(column, values);
  }
}

void FirstPass::measure_category(CheckedColumn& column, std::size_t index) {
  std::vector<std::int32_t> codes;
  comm_.together([&] {
    codes.resize(share_.count);
    table::for_each_piece_of_codes(table_, index, share_.first, share_.count,
                                   [&](std::uint64_t first, std::span<const std::int32_t> piece) {
                                     std::ranges::copy(
                                         piece, codes.begin() + static_cast<std::ptrdiff_t>(first));
                                   });
    for (std::size_t row = 0; row < codes.size(); ++row) {
      take_hash(row, hash_of(codes[row]), codes[row] < 0, column);
    }
  });
  reduce_hashes(column);
  measure_levels(column, table_.columns()[index].levels.size(),
                 [&](std::uint64_t row) { return codes[row]; });
  column.why_id = features::why_id(column.facts.name, column.facts.distinct, column.known);
}

void FirstPass::measure_text(CheckedColumn& column, std::size_t index) {
  Distinct distinct;
  comm_.together([&] {
    const std::uint64_t none = features::hash_of_none(0);
    std::vector<std::uint64_t> hashes(table::kPieceValues);
    for (std::uint64_t done = 0; done < share_.count; done += hashes.size()) {
      hashes.resize(std::min<std::uint64_t>(hashes.size(), share_.count - done));
      features::hash_values(table_, index, share_.first + done, 0, hashes);
      for (std::size_t i = 0; i < hashes.size(); ++i) {
        take_hash(done + i, hashes[i], hashes[i] == none, column);
        if (hashes[i] != none) {
          distinct.add(numeric::mix(hashes[i]), 0);
        }
      }
    }
  });
  reduce_hashes(column);
  distinct.merge(comm_);
  column.facts.distinct = std::min(distinct.count(), column.known);
  column.facts.distinct_is_exact = distinct.is_exact();
  // an estimate may be a little low
  if (column.known >= kRowsForIds && static_cast<double>(column.facts.distinct) >=
                                         (distinct.is_exact() ? kMostOfRows : 0.9 * kMostOfRows) *
                                             static_cast<double>(column.known)) {
    column.why_id = "its texts differ in nearly every row, as an id's do";
  } else if (features::is_named_like_id(column.facts.name)) {
    column.why_id = "it is named like an id";
  }
}

template <typename CodeOf>
void FirstPass::measure_levels(CheckedColumn& column, std::size_t levels, const CodeOf& code_of) {
  // rows of each level, and the first of them: where equal values stand, whatever they are
  std::vector<std::uint64_t> counts;
  std::vector<std::uint64_t> first;
  std::vector<std::int64_t> ties;  // rows of each level and label
  const bool is_label = column.facts.name == options_.label;
  const bool is_tied = label_levels_ > 0 && are_few(levels, column.known);
  std::uint64_t partition = 0;
  comm_.together([&] {
    counts.resize(levels);
    first.assign(levels, UINT64_MAX);
    ties.resize(is_tied ? levels * label_levels_ : 0);
    if (is_label && levels <= kMostLabels) {
      labels_.resize(share_.count);
    }
    for (std::uint64_t row = 0; row < share_.count; ++row) {
      const std::int32_t code = code_of(row);
      if (is_label && !labels_.empty()) {
        labels_[row] = code;
      }
      if (code >= 0) {
        const auto level = static_cast<std::size_t>(code);
        ++counts[level];
        first[level] = std::min(first[level], share_.first + row);
        if (is_tied && labels_.size() > row && labels_[row] >= 0) {
          ++ties[level * label_levels_ + static_cast<std::size_t>(labels_[row])];
        }
      }
    }
  });
  comm_.all_reduce(std::span(counts), comm::Op::kSum);
  comm_.all_reduce(std::span(first), comm::Op::kMin);
  comm_.all_reduce(std::span(ties), comm::Op::kSum);
  comm_.together([&] {
    for (std::uint64_t row = 0; row < share_.count; ++row) {
      const std::int32_t code = code_of(row);
      const std::uint64_t value = code < 0 ? kMissing : first[static_cast<std::size_t>(code)] + 1;
      partition += numeric::mix(numeric::mix(share_.first + row + 1) ^ numeric::mix(value));
    }
  });
  partition = comm_.all_sum(partition);
  if (are_few(levels, column.known)) {  // columns of all different values are partitioned alike
    column.content = partition;
    column.content_is_partition = true;
  }
  ColumnFacts& facts = column.facts;
  facts.distinct = static_cast<std::uint64_t>(
      std::ranges::count_if(counts, [](std::uint64_t count) { return count > 0; }));
  if (!counts.empty() && column.known > 0) {
    facts.most_frequent = *std::ranges::max_element(counts);
  }
  if (facts.type == table::ColumnType::kCategory) {
    facts.rare_levels = 0;
    for (const std::uint64_t count : counts) {
      if (count > 0 && static_cast<double>(count) < kRare * static_cast<double>(column.known)) {
        ++*facts.rare_levels;
        facts.rare_rows += count;
      }
    }
  }
  if (is_label && levels <= kMostLabels) {
    label_levels_ = levels;
    label_counts_.assign(counts.begin(), counts.end());
  } else if (is_tied) {
    column.label = ties_of(ties, label_levels_);
  }
}

}  // namespace tessera::pipeline
