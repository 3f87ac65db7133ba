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

/// Collective: the recipe's numeric columns.
std::vector<NumericProfile> profile_numbers(const comm::Communicator& comm,
                                            const table::Table& table,
                                            const features::Recipe& recipe,
                                            std::span<const features::RawValues> raw,
                                            std::span<const std::int32_t> labels,
                                            std::span<const std::uint64_t> sizes) {
  const std::size_t segments = sizes.size();
  std::vector<ExactSum> sums;  // columns x segments
  for (const features::RawValues& values : raw) {
    sums.resize(sums.size() + segments, ExactSum(values.range.magnitude()));
  }
  std::vector<std::uint64_t> missing(raw.size() * segments);
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
          const auto own = labels.subspan(at, values.size());
          ExactSum::add_by_group(values, own, std::span(sums).subspan(j * segments, segments));
          for (std::size_t i = 0; i < values.size() && raw[j].range.missing > 0; ++i) {
            missing[j * segments + static_cast<std::size_t>(own[i])] +=
                std::isnan(values[i]) ? 1U : 0U;
          }
        });
  });
  ExactSum::all_reduce(comm, sums);
  comm.all_reduce(std::span<std::uint64_t>(missing), comm::Op::kSum);

  std::vector<NumericProfile> result(raw.size());
  for (std::size_t j = 0; j < raw.size(); ++j) {
    result[j] = {.column = recipe.numeric[j].column,
                 .mean = raw[j].mean,
                 .deviation = raw[j].deviation,
                 .means = {},
                 .missing = {}};
    for (std::size_t segment = 0; segment < segments; ++segment) {
      const std::size_t at = j * segments + segment;
      result[j].missing.push_back(missing[at]);
      result[j].means.push_back(sums[at].value() /
                                static_cast<double>(sizes[segment] - missing[at]));
    }
  }
  return result;
}

/// Collective: one category feature.
CategoryProfile profile_category(const comm::Communicator& comm, const table::Table& table,
                                 const features::CategoryFeature& feature,
                                 std::span<const std::int32_t> labels, std::size_t segments) {
  CategoryProfile result;
  result.column = feature.column;
  result.levels = feature.levels;
  result.counts.resize(segments * result.levels.size());
  result.missing.resize(segments);
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  comm.together([&] {
    const features::CategoryReader reader(feature, table);
    std::vector<std::uint16_t> codes(std::min<std::uint64_t>(table::kPieceValues, share.count));
    for (std::uint64_t at = 0; at < share.count; at += codes.size()) {
      codes.resize(std::min<std::uint64_t>(codes.size(), share.count - at));
      reader.read(share.first + at, codes);
      for (std::size_t i = 0; i < codes.size(); ++i) {
        const auto segment = static_cast<std::size_t>(labels[at + i]);
        if (codes[i] < result.levels.size()) {
          ++result.counts[segment * result.levels.size() + codes[i]];
        } else {
          ++result.missing[segment];
        }
      }
    }
  });
  comm.all_reduce(std::span<std::uint64_t>(result.counts), comm::Op::kSum);
  comm.all_reduce(std::span<std::uint64_t>(result.missing), comm::Op::kSum);
  return result;
}

}  // namespace

Profile profile(const comm::Communicator& comm, const table::Table& table,
                const features::Recipe& recipe, std::span<const features::RawValues> raw,
                std::span<const std::int32_t> labels, std::size_t segments) {
  std::vector<std::uint64_t> sizes(segments);
  for (const std::int32_t label : labels) {
    ++sizes[static_cast<std::size_t>(label)];
  }
  comm.all_reduce(std::span<std::uint64_t>(sizes), comm::Op::kSum);

  Profile result;
  result.numeric = profile_numbers(comm, table, recipe, raw, labels, sizes);
  for (const features::CategoryFeature& feature : recipe.categories) {
    result.categories.push_back(profile_category(comm, table, feature, labels, segments));
  }
  return result;
}

}  // namespace tessera::model
