#include "features/power_lambda.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "features/steps/power_values.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/maximum.hpp"

namespace tessera::features {
namespace {

using numeric::ExactSum;

// With s the logarithms, the likelihood per row is -ln(variance of the powers) / 2 + (lambda - 1)
// mean(s) but for constants. Where all of s have one sign, it is the same, up to a constant, if the
// mean of s is taken off them first and the second term left out: then nothing cancels, however far
// from 0 the values are.
class Likelihood {
 public:
  Likelihood(const comm::Communicator& comm, std::span<const double> values,
             const RowMasses& masses, const numeric::Extremes& range, double known, Power power)
      : comm_(comm), massive_(!masses.none()), known_(known), power_(power) {
    logs_.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i]) || (massive_ && masses.mine[i] == 0)) {
        continue;
      }
      logs_.push_back(signed_log(power, values[i]));
      if (massive_) {
        masses_.push_back(masses.mine[i]);
      }
    }
    least_ = signed_log(power, range.least);
    greatest_ = signed_log(power, range.greatest);
    ExactSum sum(slack(std::max(std::fabs(least_), std::fabs(greatest_))), massive_);
    for (std::size_t i = 0; i < logs_.size(); ++i) {
      add(sum, logs_[i], i);
    }
    ExactSum::all_reduce(comm_, std::span(&sum, 1));
    mean_ = sum.value() / known_;
    mirrored_ = power == Power::kYeoJohnson && greatest_ <= 0;
    one_sign_ = power == Power::kBoxCox || least_ >= 0 || mirrored_;
    if (one_sign_) {
      centre();
    }
  }

  [[nodiscard]] double best() const {
    const auto [low, high] = bounds();
    const auto of = [this](double lambda) { return at(lambda); };
    return mirrored_ ? 2 - numeric::place_of_maximum(2 - high, 2 - low, of)
                     : numeric::place_of_maximum(low, high, of);
  }

 private:
  void add(ExactSum& sum, double value, std::size_t i) const {
    massive_ ? sum.add_mass(value, masses_[i]) : sum.add(value);
  }
  /// A bound that no rounding reaches.
  static double slack(double bound) { return bound * (1 + 1e-9); }

  /// Within these the power of a usual value is not so small beside the 1 that is taken off it that
  /// nothing is left: years to the power of -5 are all the same.
  [[nodiscard]] std::pair<double, double> bounds() const {
    constexpr double kSmallest = 14;  // e^-14 is a millionth
    const double farthest = kSmallest / std::fabs(mean_);
    if (mean_ > 0) {
      return {-std::min(kLargestLambda, farthest), kLargestLambda};
    }
    const double mirror = power_ == Power::kYeoJohnson ? 2 : 0;
    return {-kLargestLambda, std::min(kLargestLambda, mirror + farthest)};
  }

  void centre() {
    const double sign = mirrored_ ? -1 : 1;
    for (double& log : logs_) {
      log = sign * (log - mean_);
    }
    least_ = sign * (least_ - mean_);
    greatest_ = sign * (greatest_ - mean_);
  }

  [[nodiscard]] double value(double log, double lambda) const {
    return one_sign_ ? power_of_log(log, lambda) : power_value(power_, log, lambda);
  }

  // Collective.
  [[nodiscard]] double at(double lambda) const {
    constexpr double kImpossible = -std::numeric_limits<double>::infinity();
    const double middle = one_sign_ ? 0 : value(mean_, lambda);
    const double bound = slack(std::max(std::fabs(value(least_, lambda) - middle),
                                        std::fabs(value(greatest_, lambda) - middle)));
    if (!std::isfinite(bound * bound)) {
      return kImpossible;
    }
    std::array sums = {ExactSum(bound, massive_), ExactSum(bound * bound, massive_)};
    for (std::size_t i = 0; i < logs_.size(); ++i) {
      const double beside = value(logs_[i], lambda) - middle;
      add(sums[0], beside, i);
      add(sums[1], beside * beside, i);
    }
    ExactSum::all_reduce(comm_, sums);
    const double mean = sums[0].value() / known_;
    const double variance = sums[1].value() / known_ - mean * mean;
    if (!(variance > 0)) {
      return kImpossible;
    }
    return -std::log(variance) / 2 + (one_sign_ ? 0 : (lambda - 1) * mean_);
  }

  const comm::Communicator& comm_;
  bool massive_;
  double known_;
  Power power_;
  std::vector<double> logs_;
  std::vector<numeric::Mass> masses_;  // of the same, if they have any
  double least_ = 0;
  double greatest_ = 0;
  double mean_ = 0;
  bool mirrored_ = false;  // all logs are negative: their mirror image is looked at
  bool one_sign_ = false;
};

}  // namespace

double best_lambda(const comm::Communicator& comm, std::span<const double> values,
                   const RowMasses& masses, const numeric::Extremes& range, double known,
                   Power power) {
  if (power == Power::kBoxCox && !(range.least > 0)) {
    return 1;
  }
  return Likelihood(comm, values, masses, range, known, power).best();
}

}  // namespace tessera::features
