#include "tessera/model/profile.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "tessera/features/preparer.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::model {
namespace {

using numeric::ExactSum;

/// The rows of this rank that are profiled, and what they weigh.
struct Rows {
  std::span<const std::int32_t> labels;
  std::size_t segments;
  bool weighted;
  std::span<const numeric::Mass> masses;  // empty where not weighted
  int exponent;

  [[nodiscard]] std::size_t segment(std::uint64_t row) const {
    return static_cast<std::size_t>(labels[row]);
  }
  [[nodiscard]] bool counts(std::uint64_t row) const { return !weighted || masses[row] > 0; }
  [[nodiscard]] numeric::Mass mass(std::uint64_t row) const { return weighted ? masses[row] : 1; }
};

/// How many rows there are of some kinds, and how often they count.
struct Counts {
  std::vector<std::uint64_t> rows;
  std::vector<numeric::Int128> masses;  // the same numbers where rows are not weighted

  explicit Counts(std::size_t kinds) : rows(kinds), masses(kinds) {}

  void add(std::size_t kind, numeric::Mass mass) {
    ++rows[kind];
    masses[kind] += mass;
  }
  /// Collective.
  void all_reduce(const comm::Communicator& comm) {
    comm.all_reduce(std::span<std::uint64_t>(rows), comm::Op::kSum);
    numeric::all_sum(comm, masses);
  }
};

/// Collective: of all rows by segment.
Counts count_segments(const comm::Communicator& comm, const Rows& rows) {
  Counts sizes(rows.segments);
  for (std::uint64_t row = 0; row < rows.labels.size(); ++row) {
    if (rows.counts(row)) {
      sizes.add(rows.segment(row), rows.mass(row));
    }
  }
  sizes.all_reduce(comm);
  return sizes;
}

/// Collective: the recipe's numeric columns.
std::vector<NumericProfile> profile_numbers(const comm::Communicator& comm,
                                            const table::Table& table,
                                            const features::Recipe& recipe,
                                            std::span<const features::RawValues> raw,
                                            const Rows& rows, const Counts& sizes) {
  const std::size_t segments = rows.segments;
  std::vector<ExactSum> sums;  // columns x segments
  for (const features::RawValues& values : raw) {
    sums.resize(sums.size() + segments, ExactSum(values.range.magnitude(), rows.weighted));
  }
  Counts missing(raw.size() * segments);
  comm.together([&] {
    const std::unique_ptr<table::Table> encoded = features::as_encoded(table, recipe);
    std::vector<std::size_t> columns;
    for (const features::NumericFeature& step : recipe.numeric) {
      columns.push_back(encoded->find(step.column));
    }
    const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
    table::for_each_piece(
        *encoded, columns, share.first, share.count,
        [&](std::size_t j, std::uint64_t at, std::span<const double> values) {
          const auto own = rows.labels.subspan(at, values.size());
          const auto of_column = std::span(sums).subspan(j * segments, segments);
          if (rows.weighted) {
            ExactSum::add_by_group(values, own, rows.masses.subspan(at, values.size()), of_column);
          } else {
            ExactSum::add_by_group(values, own, of_column);
          }
          for (std::size_t i = 0; i < values.size() && raw[j].range.missing > 0; ++i) {
            if (std::isnan(values[i]) && rows.counts(at + i)) {
              missing.add(j * segments + static_cast<std::size_t>(own[i]), rows.mass(at + i));
            }
          }
        });
  });
  ExactSum::all_reduce(comm, sums);
  missing.all_reduce(comm);

  std::vector<NumericProfile> result(raw.size());
  for (std::size_t j = 0; j < raw.size(); ++j) {
    result[j] = {.column = recipe.numeric[j].column,
                 .mean = raw[j].mean,
                 .deviation = raw[j].deviation,
                 .means = {},
                 .missing = {}};
    for (std::size_t segment = 0; segment < segments; ++segment) {
      const std::size_t at = j * segments + segment;
      result[j].missing.push_back(missing.rows[at]);
      result[j].means.push_back(sums[at].value() /
                                static_cast<double>(sizes.masses[segment] - missing.masses[at]));
    }
  }
  return result;
}

/// Collective: one category feature.
CategoryProfile profile_category(const comm::Communicator& comm, const table::Table& table,
                                 const features::CategoryFeature& feature, const Rows& rows) {
  const std::size_t levels = feature.levels.size();
  Counts counts(rows.segments * levels);
  std::vector<std::uint64_t> missing(rows.segments);
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  comm.together([&] {
    const features::CategoryReader reader(feature, table);
    std::vector<std::uint16_t> codes(std::min<std::uint64_t>(table::kPieceValues, share.count));
    for (std::uint64_t at = 0; at < share.count; at += codes.size()) {
      codes.resize(std::min<std::uint64_t>(codes.size(), share.count - at));
      reader.read(share.first + at, codes);
      for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::size_t segment = rows.segment(at + i);
        if (!rows.counts(at + i)) {
          continue;
        }
        if (codes[i] < levels) {
          counts.add(segment * levels + codes[i], rows.mass(at + i));
        } else {
          ++missing[segment];
        }
      }
    }
  });
  counts.all_reduce(comm);
  comm.all_reduce(std::span<std::uint64_t>(missing), comm::Op::kSum);
  CategoryProfile result{.column = feature.column,
                         .levels = feature.levels,
                         .counts = std::move(counts.rows),
                         .missing = std::move(missing)};
  for (std::size_t i = 0; i < counts.masses.size() && rows.weighted; ++i) {
    result.weights.push_back(std::ldexp(static_cast<double>(counts.masses[i]), rows.exponent));
  }
  return result;
}

}  // namespace

Profile profile(const comm::Communicator& comm, const table::Table& table,
                const features::Recipe& recipe, std::span<const features::RawValues> raw,
                std::span<const std::int32_t> labels, std::size_t segments,
                std::span<const numeric::Mass> masses, int exponent) {
  const Rows rows{labels, segments, !recipe.weight_column.empty(), masses, exponent};
  const Counts sizes = count_segments(comm, rows);
  Profile result;
  result.numeric = profile_numbers(comm, table, recipe, raw, rows, sizes);
  for (const features::CategoryFeature& feature : recipe.categories) {
    result.categories.push_back(profile_category(comm, table, feature, rows));
  }
  return result;
}

}  // namespace tessera::model
