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
  for (const double q : needs.quantiles) {
    facts.quantiles.push_back(quantile(q, filled));
  }
  if (needs.power != Power::kNone) {
    facts.lambda = best_lambda(comm_, values_, masses_, range_, count(false), needs.power);
  }
  if (needs.most_frequent) {
    facts.most_frequent = most_frequent(comm_, values_, masses_.mine);
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
  const Extremes here = numeric::extremes_of(values_);  // also of rows that do not count
  range_ = masses_.none() ? here : extremes_of_counted(values_, masses_.mine);
  const bool defined_here =
      std::isfinite(here.magnitude()) && (masses_.none() || here.missing == missing_here_);
  range_.all_reduce(comm_);
  sum_.reset();
  known_deviation_.reset();
  const bool filler_defined = missing == 0 || std::isfinite(*filler_);
  return defined_here && filler_defined && range_.missing == missing;
}

numeric::Int128 FittingColumn::known_mass() {
  if (!known_mass_) {
    numeric::Int128 mass = 0;
    for (std::size_t i = 0; i < values_.size(); ++i) {
      mass += std::isnan(values_[i]) ? 0 : masses_.mine[i];
    }
    known_mass_ = numeric::all_sum(comm_, mass);
  }
  return *known_mass_;
}

double FittingColumn::count(bool filled) {
  if (masses_.none()) {
    return static_cast<double>(filled ? rows_ : known());
  }
  return static_cast<double>(filled ? masses_.total : known_mass());
}

double FittingColumn::quantile(double q, bool filled) {
  if (masses_.none()) {
    const numeric::Repeated others{filler(), filled ? range_.missing : 0};
    return numeric::quantile(comm_, values_, known(), q, others);
  }
  const numeric::Int128 known = known_mass();
  const numeric::Massive others{filler(), filled ? masses_.total - known : 0};
  return numeric::quantile(comm_, values_, masses_.mine, known, q, others);
}

void FittingColumn::add_fillers(ExactSum& sum, double value) {
  if (masses_.none()) {
    sum.add(value, range_.missing);
  } else {
    sum.add_mass(value, masses_.total - known_mass());
  }
}

template <typename ValueOf>
void FittingColumn::add_massive(ExactSum& sum, const ValueOf& value_of) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (masses_.mine[i] > 0 && !std::isnan(values_[i])) {
      sum.add_mass(value_of(values_[i]), masses_.mine[i]);
    }
  }
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
    sum_.emplace(bound, !masses_.none());
    sum_bound_ = bound;
    if (masses_.none()) {
      sum_->add_all(values_.size(), [x = values_.data()](std::size_t i) TESSERA_INLINE {
        return x[i] == x[i] ? x[i] : 0.0;  // NaN alone is unlike itself
      });
    } else {
      add_massive(*sum_, [](double x) { return x; });
    }
    ExactSum::all_reduce(comm_, std::span(&*sum_, 1));
  }
  if (!with_filler(of_known)) {
    return sum_->value() / count(false);
  }
  ExactSum with_fillers = *sum_;
  add_fillers(with_fillers, *filler_);
  return with_fillers.value() / count(true);
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
  ExactSum squares(widest, !masses_.none());
  if (masses_.none()) {
    squares.add_all(values_.size(),
                    [x = values_.data(), square, mean](std::size_t i)
                        TESSERA_INLINE { return square(x[i] == x[i] ? x[i] : mean); });
  } else {
    add_massive(squares, square);
  }
  ExactSum::all_reduce(comm_, std::span(&squares, 1));
  if (filled) {
    add_fillers(squares, square(*filler_));
  }
  const double deviation = std::sqrt(squares.value() / count(filled));
  if (!filled) {
    known_deviation_ = deviation;
  }
  return deviation;
}

}  // namespace tessera::features
