#include "tessera/model/profile.hpp"

#include <cmath>
#include <optional>
#include <utility>

#include "tessera/numeric/exact_sum.hpp"
#include "tessera/table/number_columns.hpp"

namespace tessera::model {
namespace {

using numeric::ExactSum;

/// Collective: one column of numbers; NaNs are left out.
NumericProfile profile_numbers(const comm::Communicator& comm, const std::string& column,
                               const features::RawValues& raw, std::span<const double> numbers,
                               std::span<const std::int32_t> labels,
                               std::span<const std::uint64_t> sizes) {
  NumericProfile result;
  result.column = column;
  result.mean = raw.mean;
  result.deviation = raw.deviation;
  result.missing.resize(sizes.size());
  if (raw.range.missing > 0) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      result.missing[static_cast<std::size_t>(labels[i])] += std::isnan(numbers[i]) ? 1U : 0U;
    }
    comm.all_reduce(std::span<std::uint64_t>(result.missing), comm::Op::kSum);
  }
  std::vector<ExactSum> sums(sizes.size(), ExactSum(raw.range.magnitude()));
  ExactSum::add_by_group(numbers, labels, sums);
  ExactSum::all_reduce(comm, sums);
  for (std::size_t segment = 0; segment < sizes.size(); ++segment) {
    const std::uint64_t known = sizes[segment] - result.missing[segment];
    result.means.push_back(sums[segment].value() / static_cast<double>(known));
  }
  return result;
}

CategoryProfile profile_codes(const comm::Communicator& comm, const table::Column& column,
                              std::span<const std::int32_t> codes,
                              std::span<const std::int32_t> labels, std::size_t segments) {
  CategoryProfile result;
  result.column = column.name;
  result.levels = column.levels;
  result.counts.resize(segments * column.levels.size());
  result.missing.resize(segments);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto segment = static_cast<std::size_t>(labels[i]);
    if (codes[i] < 0) {
      ++result.missing[segment];
    } else {
      ++result.counts[segment * column.levels.size() + static_cast<std::size_t>(codes[i])];
    }
  }
  comm.all_reduce(std::span<std::uint64_t>(result.counts), comm::Op::kSum);
  comm.all_reduce(std::span<std::uint64_t>(result.missing), comm::Op::kSum);
  return result;
}

}  // namespace

Profile profile(const comm::Communicator& comm, const table::Table& table,
                const features::Recipe& recipe, std::span<const features::RawValues> raw,
                std::span<const std::int32_t> labels, std::size_t segments) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  std::vector<std::uint64_t> sizes(segments);
  for (const std::int32_t label : labels) {
    ++sizes[static_cast<std::size_t>(label)];
  }
  comm.all_reduce(std::span<std::uint64_t>(sizes), comm::Op::kSum);

  Profile result;
  std::optional<table::NumberColumns> columns;
  comm.together([&] {
    std::vector<std::size_t> numeric;
    for (const features::NumericStep& step : recipe.numeric) {
      numeric.push_back(table.find(step.column));
    }
    columns.emplace(table, std::move(numeric), share.first, share.count);
  });
  for (std::size_t j = 0; j < recipe.numeric.size(); ++j) {
    std::span<const double> numbers;
    comm.together([&] { numbers = columns->next(); });
    result.numeric.push_back(
        profile_numbers(comm, recipe.numeric[j].column, raw[j], numbers, labels, sizes));
  }
  columns.reset();
  std::vector<std::int32_t> codes(recipe.categories.empty() ? 0 : share.count);
  for (const features::CategoryStep& step : recipe.categories) {
    const std::size_t column = table.find(step.column);
    comm.together([&] { table.read_codes(column, share.first, codes); });
    result.categories.push_back(
        profile_codes(comm, table.columns()[column], codes, labels, segments));
  }
  return result;
}

}  // namespace tessera::model
