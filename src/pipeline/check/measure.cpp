#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "pipeline/check/columns.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/order_statistic.hpp"

namespace tessera::pipeline {
namespace {

using numeric::ExactSum;

constexpr double kFences = 3;  // interquartile ranges

double bound(double largest) { return std::max(largest, std::numeric_limits<double>::min()); }

}  // namespace

void FirstPass::measure_moments(CheckedColumn& column, std::span<const double> values) {
  const auto known = static_cast<double>(column.known);
  ExactSum sum(bound(column.range.magnitude()));
  comm_.together([&] {
    for (const double value : values) {
      if (!std::isnan(value)) {
        sum.add(value);
      }
    }
  });
  ExactSum::all_reduce(comm_, std::span(&sum, 1));
  column.mean = std::clamp(sum.value() / known, column.range.least, column.range.greatest);
  column.scale = std::max(column.range.greatest - column.mean, column.mean - column.range.least);
  if (!std::isfinite(column.scale) || !std::isfinite(column.mean)) {
    column.scale = 0;
    return;
  }
  column.facts.mean = column.mean;
  // within -1 ... 1, so that no power of it leaves the range of a double
  std::vector<ExactSum> powers(2, ExactSum(1));
  if (column.scale > 0) {
    comm_.together([&] {
      for (const double value : values) {
        if (!std::isnan(value)) {
          const double x = (value - column.mean) / column.scale;
          powers[0].add(x * x);
          powers[1].add(x * x * x);
        }
      }
    });
    ExactSum::all_reduce(comm_, powers);
  }
  column.squares = powers[0].value();
  const double variance = column.squares / known;
  column.facts.deviation = column.scale * std::sqrt(variance);
  if (variance > 0) {
    column.facts.skewness = powers[1].value() / known / (variance * std::sqrt(variance));
  }
}

void FirstPass::measure_quantiles(CheckedColumn& column, std::span<const double> values) {
  const std::uint64_t known = column.known;
  const auto at = [&](std::uint64_t position) {
    return numeric::order_statistic(comm_, values, known, position);
  };
  if (known >= min_group_) {
    column.facts.minimum = at(min_group_ - 1);
    column.facts.maximum = at(known - min_group_);
    column.facts.median = numeric::median(comm_, values, known);
  }
  const double first = numeric::quantile(comm_, values, known, 0.25);
  const double third = numeric::quantile(comm_, values, known, 0.75);
  const double middle = at(known / 2);
  const double reach = kFences * (third - first);
  std::array<std::uint64_t, 2> counts{};
  comm_.together([&] {
    for (const double value : values) {
      counts[0] += value == middle ? 1U : 0U;
      counts[1] += value < first - reach || value > third + reach ? 1U : 0U;
    }
  });
  comm_.all_reduce(std::span<std::uint64_t>(counts), comm::Op::kSum);
  if (2 * counts[0] > known) {
    column.facts.most_frequent = counts[0];
  }
  if (reach > 0) {
    column.facts.outliers = counts[1];
  }
}

}  // namespace tessera::pipeline
