#include "features/number_levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
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

}  // namespace

NumberLevels number_levels(const comm::Communicator& comm, const table::Table& table,
                           std::size_t column) {
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
    return {{}, {}, fmt::format("it has more than {} distinct values", table::kMaxLevels)};
  }
  std::vector<std::int64_t> counts(values.size());
  comm.together([&] {
    table::for_each_piece(table, std::span(&column, 1), share.first, share.count,
                          [&](std::size_t, std::uint64_t, std::span<const double> piece) {
                            for (const double value : piece) {
                              if (!std::isnan(value)) {
                                const auto at = std::ranges::lower_bound(values, value);
                                ++counts[static_cast<std::size_t>(at - values.begin())];
                              }
                            }
                          });
  });
  comm.all_reduce(std::span<std::int64_t>(counts), comm::Op::kSum);
  std::vector<std::pair<std::string, std::int64_t>> sorted;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sorted.emplace_back(whole_number_text(values[i]), counts[i]);
    if (sorted.back().first.empty()) {
      return {{}, {}, fmt::format("its value {} is not a whole number", values[i])};
    }
  }
  std::ranges::sort(sorted);
  NumberLevels found;
  for (auto& [level, count] : sorted) {
    found.levels.push_back(std::move(level));
    found.counts.push_back(count);
  }
  return found;
}

NumberLevels level_counts(const comm::Communicator& comm, const table::Table& table,
                          std::size_t column) {
  const table::Column& found = table.columns()[column];
  if (found.is_number()) {
    return number_levels(comm, table, column);
  }
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  std::vector<std::int64_t> with_level(found.levels.size());
  comm.together([&] {
    table::for_each_piece_of_codes(table, column, share.first, share.count,
                                   [&](std::uint64_t, std::span<const std::int32_t> codes) {
                                     for (const std::int32_t code : codes) {
                                       if (code >= 0) {
                                         ++with_level[static_cast<std::size_t>(code)];
                                       }
                                     }
                                   });
  });
  comm.all_reduce(std::span<std::int64_t>(with_level), comm::Op::kSum);
  return {found.levels, std::move(with_level), {}};
}

NumberLevels bucket_counts(const comm::Communicator& comm, const table::Table& table,
                           std::size_t column, std::uint32_t buckets) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  NumberLevels found;
  for (std::uint32_t bucket = 0; bucket < buckets; ++bucket) {
    found.levels.push_back(bucket_name(bucket, buckets));
  }
  found.counts.resize(buckets);
  comm.together([&] {
    std::vector<std::string> store;
    for (std::uint64_t at = 0; at < share.count; at += table::kPieceValues) {
      const std::uint64_t count = std::min<std::uint64_t>(table::kPieceValues, share.count - at);
      for (const std::string_view level :
           table.read_views(column, share.first + at, count, store)) {
        if (!level.empty()) {
          ++found.counts[bucket_of(level, buckets)];
        }
      }
    }
  });
  comm.all_reduce(std::span<std::int64_t>(found.counts), comm::Op::kSum);
  return found;
}

}  // namespace tessera::features
