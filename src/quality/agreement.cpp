#include "tessera/quality/agreement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/numeric/int128.hpp"

namespace tessera::quality {
namespace {

using numeric::Int128;

Int128 pairs(std::uint64_t count) { return Int128{count} * (Int128{count} - 1) / 2; }

/// A table with its margins; all counts in the order of labels, then segments.
struct Margins {
  std::vector<std::uint64_t> cells;
  std::vector<std::uint64_t> labels;
  std::vector<std::uint64_t> segments;
  std::uint64_t rows = 0;
};

Margins margins_of(const Contingency& table) {
  Margins m;
  for (const auto& [label, counts] : table.counts()) {
    m.segments.resize(counts.size());
    m.labels.push_back(0);
    for (std::size_t s = 0; s < counts.size(); ++s) {
      m.cells.push_back(counts[s]);
      m.labels.back() += counts[s];
      m.segments[s] += counts[s];
      m.rows += counts[s];
    }
  }
  return m;
}

Int128 pairs_within(const std::vector<std::uint64_t>& counts) {
  Int128 sum = 0;
  for (const std::uint64_t count : counts) {
    sum += pairs(count);
  }
  return sum;
}

double adjusted_rand(const Margins& m) {
  const Int128 both = pairs_within(m.cells);
  const Int128 label_only = pairs_within(m.labels) - both;
  const Int128 segment_only = pairs_within(m.segments) - both;
  const Int128 neither = pairs(m.rows) - both - label_only - segment_only;
  if (label_only == 0 && segment_only == 0) {
    return 1;
  }
  // so that the products below fit into 128 bits
  int shift = 0;
  while ((pairs(m.rows) >> shift) >= (Int128{1} << 62)) {
    ++shift;
  }
  const Int128 a = both >> shift;
  const Int128 b = label_only >> shift;
  const Int128 c = segment_only >> shift;
  const Int128 d = neither >> shift;
  const Int128 above = a * d - b * c;
  const Int128 below_twice = (a + b) * (b + d) + (a + c) * (c + d);
  return 2.0 * static_cast<double>(above) / static_cast<double>(below_twice);
}

double entropy(const std::vector<std::uint64_t>& counts, double rows) {
  double sum = 0;
  for (const std::uint64_t count : counts) {
    if (count > 0) {
      const double share = static_cast<double>(count) / rows;
      sum -= share * std::log(share);
    }
  }
  return sum;
}

double normalised_mutual_information(const Margins& m) {
  const auto rows = static_cast<double>(m.rows);
  const double label_entropy = entropy(m.labels, rows);
  const double segment_entropy = entropy(m.segments, rows);
  if (label_entropy == 0 && segment_entropy == 0) {
    return 1;  // one label, one segment: the same partition
  }
  double information = 0;
  for (std::size_t i = 0; i < m.cells.size(); ++i) {
    if (m.cells[i] > 0) {
      const auto cell = static_cast<double>(m.cells[i]);
      const double expected = static_cast<double>(m.labels[i / m.segments.size()]) / rows *
                              static_cast<double>(m.segments[i % m.segments.size()]);
      information += cell / rows * std::log(cell / expected);
    }
  }
  return std::clamp(information / ((label_entropy + segment_entropy) / 2), 0.0, 1.0);
}

}  // namespace

Contingency::Contingency(std::string column, int segments)
    : column_(std::move(column)), segments_(static_cast<std::size_t>(segments)) {}

std::vector<std::uint64_t>& Contingency::row_of(std::string_view label) {
  const auto found = counts_.find(label);
  if (found != counts_.end()) {
    return found->second;
  }
  if (counts_.size() == kMaxLabels) {
    fail_about("label", ExitCode::kBadData,
               "column '{}' has more than {} distinct values; name a column of known groups",
               column_, kMaxLabels);
  }
  return counts_.emplace(label, std::vector<std::uint64_t>(segments_)).first->second;
}

void Contingency::add(std::string_view label, std::int32_t segment, std::uint64_t times) {
  if (label.empty()) {
    ++missing_;
  } else {
    row_of(label)[static_cast<std::size_t>(segment)] += times;
  }
}

void Contingency::merge(const comm::Communicator& comm) {
  std::vector<std::uint64_t> lengths;
  std::string text;
  for (const auto& [label, counts] : counts_) {
    lengths.push_back(label.size());
    text += label;
  }
  lengths = comm.all_gather(lengths);
  const std::vector<char> all = comm.all_gather(std::span<const char>(text.data(), text.size()));
  comm.together([&] {
    std::size_t at = 0;
    for (const std::uint64_t length : lengths) {
      row_of({all.data() + at, length});
      at += length;
    }
  });

  // every rank now has the same labels
  std::vector<std::uint64_t> cells;
  for (const auto& [label, counts] : counts_) {
    cells.insert(cells.end(), counts.begin(), counts.end());
  }
  cells.push_back(missing_);
  comm.all_reduce(std::span<std::uint64_t>(cells), comm::Op::kSum);
  std::size_t at = 0;
  for (auto& [label, counts] : counts_) {
    for (std::uint64_t& count : counts) {
      count = cells[at++];
    }
  }
  missing_ = cells.back();
}

std::optional<Agreement> agreement(const Contingency& table) {
  const Margins margins = margins_of(table);
  if (margins.rows == 0) {
    return std::nullopt;
  }
  return Agreement{adjusted_rand(margins), normalised_mutual_information(margins)};
}

}  // namespace tessera::quality
