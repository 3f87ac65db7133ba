#include "features/fitting_column.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "features/most_frequent.hpp"
#include "features/power_lambda.hpp"
#include "tessera/numeric/order_statistic.hpp"

namespace tessera::features {

using numeric::ExactSum;
using numeric::Extremes;

Facts FittingColumn::answer(const Needs& needs) {
  const bool filled = with_filler(needs.of_known);
  Facts facts;
  facts.count = filled ? rows_ : known();
  facts.range = range(needs.of_known);
  if (needs.mean || needs.deviation) {
    facts.mean = mean(needs.of_known);
  }
  if (needs.deviation) {
    facts.deviation = deviation(needs.of_known, facts.mean);
  }
  const numeric::Repeated others{filler(), filled ? range_.missing : 0};
  for (const double q : needs.quantiles) {
    facts.quantiles.push_back(numeric::quantile(comm_, values_, known(), q, others));
  }
  if (needs.power != Power::kNone) {
    facts.lambda = best_lambda(comm_, values_, range_, known(), needs.power);
  }
  if (needs.most_frequent) {
    facts.most_frequent = most_frequent(comm_, values_);
  }
  return facts;
}

bool FittingColumn::apply(const FittedStep& step) {
  if (step.kind->place() == Place::kImpute) {
    filler_ = step.numbers.front();
    return true;
  }
  step.kind->forward(step.numbers, values_);
  step.kind->forward(step.numbers, std::span(&*filler_, 1));
  const std::uint64_t missing = range_.missing;
  range_ = numeric::extremes_of(values_);
  const bool defined_here = std::isfinite(range_.magnitude());
  range_.all_reduce(comm_);
  sum_.reset();
  known_deviation_.reset();
  const bool filler_defined = missing == 0 || std::isfinite(*filler_);
  return defined_here && filler_defined && range_.missing == missing;
}

Extremes FittingColumn::range(bool of_known) const {
  Extremes range = range_;
  if (with_filler(of_known)) {
    range.least = std::min(range.least, *filler_);
    range.greatest = std::max(range.greatest, *filler_);
  }
  return range;
}

double FittingColumn::mean(bool of_known) {
  const double bound = range(of_known).magnitude();
  if (!sum_ || sum_bound_ < bound) {
    sum_.emplace(bound);
    sum_bound_ = bound;
    sum_->add_all(values_.size(), [x = values_.data()](std::size_t i) TESSERA_INLINE {
      return x[i] == x[i] ? x[i] : 0.0;  // NaN alone is unlike itself
    });
    ExactSum::all_reduce(comm_, std::span(&*sum_, 1));
  }
  if (!with_filler(of_known)) {
    return sum_->value() / static_cast<double>(known());
  }
  ExactSum with_fillers = *sum_;
  with_fillers.add(*filler_, range_.missing);
  return with_fillers.value() / static_cast<double>(rows_);
}

// Infinite where the squares do not fit a double.
double FittingColumn::deviation(bool of_known, double mean) {
  const bool filled = with_filler(of_known);
  if (!filled && known_deviation_) {
    return *known_deviation_;
  }
  const auto square = [mean](double x) TESSERA_INLINE { return (x - mean) * (x - mean); };
  const Extremes range = this->range(of_known);
  // Both rounded operations are monotonic: no number between the extremes has a larger square.
  const double widest = std::max(square(range.least), square(range.greatest));
  if (!std::isfinite(widest)) {
    return std::numeric_limits<double>::infinity();
  }
  ExactSum squares(widest);
  squares.add_all(values_.size(), [x = values_.data(), square, mean](std::size_t i) TESSERA_INLINE {
    return square(x[i] == x[i] ? x[i] : mean);
  });
  ExactSum::all_reduce(comm_, std::span(&squares, 1));
  if (filled) {
    squares.add(square(*filler_), range_.missing);
  }
  const double deviation =
      std::sqrt(squares.value() / static_cast<double>(filled ? rows_ : known()));
  if (!filled) {
    known_deviation_ = deviation;
  }
  return deviation;
}

}  // namespace tessera::features
