#include "features/number_levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <tuple>
#include <utility>

#include "features/columns.hpp"
#include "tessera/features/recipe.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::features {
namespace {

/// Distinct values, ascending; of more than table::kMaxLevels only some.
class DistinctNumbers {
 public:
  void add(std::span<const double> values) {
    for (const double value : values) {
      if (value == last_ || std::isnan(value) || values_.size() > table::kMaxLevels) {
        continue;
      }
      last_ = value;
      const auto at = std::ranges::lower_bound(values_, value);
      if (at == values_.end() || *at != value) {
        values_.insert(at, value);
      }
    }
  }
  [[nodiscard]] const std::vector<double>& values() const { return values_; }

 private:
  double last_ = std::nan("");
  std::vector<double> values_;
};

/// How many rows have each level, and what they weigh.
class LevelCounts {
 public:
  LevelCounts(std::size_t levels, const RowMasses& masses)
      : of_rows_(masses), counts_(levels), masses_(masses.none() ? 0 : levels) {}

  /// The levels of `rows` rows of this rank's share from `first` on: level_of(i) of the i-th, below
  /// 0 if it has none.
  template <typename LevelOf>
  void add(std::uint64_t first, std::size_t rows, const LevelOf& level_of) {
    if (of_rows_.none()) {
      for (std::size_t i = 0; i < rows; ++i) {
        if (const std::ptrdiff_t level = level_of(i); level >= 0) {
          ++counts_[static_cast<std::size_t>(level)];
        }
      }
      return;
    }
    for (std::size_t i = 0; i < rows; ++i) {
      const numeric::Mass mass = of_rows_.mine[first + i];
      if (const std::ptrdiff_t level = level_of(i); level >= 0 && mass > 0) {
        ++counts_[static_cast<std::size_t>(level)];
        masses_[static_cast<std::size_t>(level)] += mass;
      }
    }
  }
  /// Collective.
  void all_reduce(const comm::Communicator& comm) {
    comm.all_reduce(std::span<std::int64_t>(counts_), comm::Op::kSum);
    numeric::all_sum(comm, masses_);
  }
  [[nodiscard]] const std::vector<std::int64_t>& counts() const { return counts_; }
  [[nodiscard]] std::vector<double> weights() const {
    std::vector<double> weights(counts_.begin(), counts_.end());
    for (std::size_t level = 0; level < masses_.size(); ++level) {
      weights[level] = std::ldexp(static_cast<double>(masses_[level]), of_rows_.exponent);
    }
    return weights;
  }

 private:
  const RowMasses& of_rows_;
  std::vector<std::int64_t> counts_;
  std::vector<numeric::Int128> masses_;
};

}  // namespace

NumberLevels number_levels(const comm::Communicator& comm, const table::Table& table,
                           std::size_t column, const RowMasses& masses) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  DistinctNumbers mine;
  comm.together([&] {
    table::for_each_piece(
        table, std::span(&column, 1), share.first, share.count,
        [&](std::size_t, std::uint64_t, std::span<const double> values) { mine.add(values); });
  });
  std::vector<double> values = comm.all_gather(mine.values());
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (values.size() > table::kMaxLevels) {
    return {{}, {}, {}, fmt::format("it has more than {} distinct values", table::kMaxLevels)};
  }
  LevelCounts counts(values.size(), masses);
  comm.together([&] {
    table::for_each_piece(table, std::span(&column, 1), share.first, share.count,
                          [&](std::size_t, std::uint64_t first, std::span<const double> piece) {
                            counts.add(first, piece.size(), [&](std::size_t i) {
                              return std::isnan(piece[i])
                                         ? std::ptrdiff_t{-1}
                                         : std::ranges::lower_bound(values, piece[i]) -
                                               values.begin();
                            });
                          });
  });
  counts.all_reduce(comm);
  const std::vector<double> weights = counts.weights();
  std::vector<std::tuple<std::string, std::int64_t, double>> sorted;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sorted.emplace_back(whole_number_text(values[i]), counts.counts()[i], weights[i]);
    if (std::get<0>(sorted.back()).empty()) {
      return {{}, {}, {}, fmt::format("its value {} is not a whole number", values[i])};
    }
  }
  std::ranges::sort(sorted);
  NumberLevels found;
  for (auto& [level, count, weight] : sorted) {
    found.levels.push_back(std::move(level));
    found.counts.push_back(count);
    found.weights.push_back(weight);
  }
  return found;
}

NumberLevels level_counts(const comm::Communicator& comm, const table::Table& table,
                          std::size_t column, const RowMasses& masses) {
  const table::Column& found = table.columns()[column];
  if (found.is_number()) {
    return number_levels(comm, table, column, masses);
  }
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  LevelCounts counts(found.levels.size(), masses);
  comm.together([&] {
    table::for_each_piece_of_codes(
        table, column, share.first, share.count,
        [&](std::uint64_t first, std::span<const std::int32_t> codes) {
          counts.add(first, codes.size(), [&](std::size_t i) { return std::ptrdiff_t{codes[i]}; });
        });
  });
  counts.all_reduce(comm);
  return {found.levels, counts.counts(), counts.weights(), {}};
}

NumberLevels bucket_counts(const comm::Communicator& comm, const table::Table& table,
                           std::size_t column, std::uint32_t buckets, const RowMasses& masses) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  NumberLevels found;
  for (std::uint32_t bucket = 0; bucket < buckets; ++bucket) {
    found.levels.push_back(bucket_name(bucket, buckets));
  }
  LevelCounts counts(buckets, masses);
  comm.together([&] {
    std::vector<std::string> store;
    for (std::uint64_t at = 0; at < share.count; at += table::kPieceValues) {
      const std::uint64_t count = std::min<std::uint64_t>(table::kPieceValues, share.count - at);
      const std::vector<std::string_view> levels =
          table.read_views(column, share.first + at, count, store);
      counts.add(at, count, [&](std::size_t i) {
        return levels[i].empty() ? std::ptrdiff_t{-1}
                                 : static_cast<std::ptrdiff_t>(bucket_of(levels[i], buckets));
      });
    }
  });
  counts.all_reduce(comm);
  found.counts = counts.counts();
  found.weights = counts.weights();
  return found;
}

}  // namespace tessera::features
