#include "tessera/model/profile.hpp"

#include <algorithm>
#include <cmath>

#include "tessera/numeric/exact_sum.hpp"

namespace tessera::model {
namespace {

using numeric::ExactSum;

/// Sums of a column per segment, all rows last.
struct SegmentSums {
  std::vector<ExactSum> sums;
  std::vector<std::uint64_t> counts;
};

/// Collective: sums value(x) over the numbers of each segment.
template <typename Value>
SegmentSums sum_by_segment(const comm::Communicator& comm, std::span<const double> numbers,
                           std::span<const std::int32_t> labels, std::size_t segments,
                           const Value& value) {
  double largest = 0;
  for (const double x : numbers) {
    largest = std::isnan(x) ? largest : std::max(largest, std::fabs(value(x)));
  }
  SegmentSums result{std::vector<ExactSum>(segments + 1, ExactSum(comm.all_max(largest))),
                     std::vector<std::uint64_t>(segments + 1)};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!std::isnan(numbers[i])) {
      const auto segment = static_cast<std::size_t>(labels[i]);
      result.sums[segment].add(value(numbers[i]));
      ++result.counts[segment];
    }
  }
  for (std::size_t segment = 0; segment < segments; ++segment) {
    result.sums[segments] += result.sums[segment];
    result.counts[segments] += result.counts[segment];
  }
  ExactSum::all_reduce(comm, result.sums);
  comm.all_reduce(std::span<std::uint64_t>(result.counts), comm::Op::kSum);
  return result;
}

NumericProfile profile_numbers(const comm::Communicator& comm, const std::string& column,
                               std::span<const double> numbers,
                               std::span<const std::int32_t> labels, std::size_t segments,
                               std::span<const std::uint64_t> sizes) {
  NumericProfile result;
  result.column = column;
  const SegmentSums sums =
      sum_by_segment(comm, numbers, labels, segments, [](double x) { return x; });
  for (std::size_t segment = 0; segment < segments; ++segment) {
    result.means.push_back(sums.sums[segment].value() / static_cast<double>(sums.counts[segment]));
    result.missing.push_back(sizes[segment] - sums.counts[segment]);
  }
  const auto count = static_cast<double>(sums.counts[segments]);
  result.mean = sums.sums[segments].value() / count;
  const SegmentSums squares = sum_by_segment(comm, numbers, labels, segments, [&](double x) {
    return (x - result.mean) * (x - result.mean);
  });
  result.deviation = std::sqrt(squares.sums[segments].value() / count);
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
                const features::Recipe& recipe, std::span<const std::int32_t> labels,
                std::size_t segments) {
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  std::vector<std::uint64_t> sizes(segments);
  for (const std::int32_t label : labels) {
    ++sizes[static_cast<std::size_t>(label)];
  }
  comm.all_reduce(std::span<std::uint64_t>(sizes), comm::Op::kSum);

  Profile result;
  std::vector<double> numbers(recipe.numeric.empty() ? 0 : share.count);
  for (const features::NumericStep& step : recipe.numeric) {
    comm.together([&] { table.read_numbers(table.find(step.column), share.first, numbers); });
    result.numeric.push_back(profile_numbers(comm, step.column, numbers, labels, segments, sizes));
  }
  numbers = {};
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
