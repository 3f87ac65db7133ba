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
};

/// How many rows there are of some kinds, and how often they count.
class Counts {
 public:
  Counts(std::size_t kinds, bool weighted) : rows_(kinds), masses_(weighted ? kinds : 0) {}

  /// The kinds of `count` rows from `first` on: kind_of(i) of the i-th, none below 0.
  template <typename KindOf>
  void add(const Rows& rows, std::uint64_t first, std::size_t count, const KindOf& kind_of) {
    if (!rows.weighted) {
      for (std::size_t i = 0; i < count; ++i) {
        if (const std::ptrdiff_t kind = kind_of(i); kind >= 0) {
          ++rows_[static_cast<std::size_t>(kind)];
        }
      }
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const numeric::Mass mass = rows.masses[first + i];
      if (const std::ptrdiff_t kind = kind_of(i); kind >= 0 && mass > 0) {
        ++rows_[static_cast<std::size_t>(kind)];
        masses_[static_cast<std::size_t>(kind)] += mass;
      }
    }
  }
  /// Collective.
  void all_reduce(const comm::Communicator& comm) {
    comm.all_reduce(std::span<std::uint64_t>(rows_), comm::Op::kSum);
    numeric::all_sum(comm, masses_);
  }

  [[nodiscard]] const std::vector<std::uint64_t>& rows() const { return rows_; }
  [[nodiscard]] numeric::Int128 mass(std::size_t kind) const {
    return masses_.empty() ? rows_[kind] : masses_[kind];
  }

 private:
  std::vector<std::uint64_t> rows_;
  std::vector<numeric::Int128> masses_;  // empty where rows are not weighted
};

/// Collective: of all rows by segment.
Counts count_segments(const comm::Communicator& comm, const Rows& rows) {
  Counts sizes(rows.segments, rows.weighted);
  sizes.add(rows, 0, rows.labels.size(),
            [&](std::size_t i) { return std::ptrdiff_t{rows.labels[i]}; });
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
  Counts missing(raw.size() * segments, rows.weighted);
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
          if (raw[j].range.missing > 0) {
            missing.add(rows, at, values.size(), [&](std::size_t i) {
              return std::isnan(values[i]) ? static_cast<std::ptrdiff_t>(j * segments) + own[i]
                                           : std::ptrdiff_t{-1};
            });
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
      result[j].missing.push_back(missing.rows()[at]);
      result[j].means.push_back(sums[at].value() /
                                static_cast<double>(sizes.mass(segment) - missing.mass(at)));
    }
  }
  return result;
}

/// Collective: one category feature.
CategoryProfile profile_category(const comm::Communicator& comm, const table::Table& table,
                                 const features::CategoryFeature& feature, const Rows& rows) {
  const std::size_t levels = feature.levels.size();
  const std::size_t kinds = levels + 1;  // in a segment: the last is what is missing
  Counts counts(rows.segments * kinds, rows.weighted);
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  comm.together([&] {
    const features::CategoryReader reader(feature, table);
    std::vector<std::uint16_t> codes(std::min<std::uint64_t>(table::kPieceValues, share.count));
    for (std::uint64_t at = 0; at < share.count; at += codes.size()) {
      codes.resize(std::min<std::uint64_t>(codes.size(), share.count - at));
      reader.read(share.first + at, codes);
      const std::span<const std::int32_t> own = rows.labels.subspan(at, codes.size());
      counts.add(rows, at, codes.size(), [&](std::size_t i) {
        return static_cast<std::ptrdiff_t>(static_cast<std::size_t>(own[i]) * kinds +
                                           std::min<std::size_t>(codes[i], levels));
      });
    }
  });
  counts.all_reduce(comm);
  CategoryProfile result{.column = feature.column, .levels = feature.levels};
  for (std::size_t at = 0; at < counts.rows().size(); ++at) {
    if (at % kinds == levels) {
      result.missing.push_back(counts.rows()[at]);
      continue;
    }
    result.counts.push_back(counts.rows()[at]);
    if (rows.weighted) {
      result.weights.push_back(std::ldexp(static_cast<double>(counts.mass(at)), rows.exponent));
    }
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
