/// \file
/// Values of the power transforms. Private to src/features.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tessera/features/steps/power.hpp"

namespace tessera::features {

/// (e^(lambda log) - 1) / lambda, which is `log` where lambda is 0.
[[nodiscard]] inline double power_of_log(double log, double lambda) {
  return lambda == 0 ? log : std::expm1(lambda * log) / lambda;
}
/// The logarithm that power_of_log() took.
[[nodiscard]] inline double log_of_power(double power, double lambda) {
  constexpr double kLeast = -1 + std::numeric_limits<double>::epsilon();  // rounding may pass -1
  return lambda == 0 ? power : std::log1p(std::max(lambda * power, kLeast)) / lambda;
}

/// The logarithm that a power of `x` goes by: sign(x) ln(1 + |x|), or ln x, which is NaN where
/// there is none.
[[nodiscard]] inline double signed_log(Power power, double x) {
  if (power == Power::kBoxCox) {
    return x > 0 ? std::log(x) : std::numeric_limits<double>::quiet_NaN();
  }
  return std::copysign(std::log1p(std::fabs(x)), x);
}
[[nodiscard]] inline double from_signed_log(Power power, double log) {
  return power == Power::kBoxCox ? std::exp(log) : std::copysign(std::expm1(std::fabs(log)), log);
}

/// The power, by the value's logarithm.
[[nodiscard]] inline double power_value(Power power, double log, double lambda) {
  return power == Power::kYeoJohnson && log < 0 ? -power_of_log(-log, 2 - lambda)
                                                : power_of_log(log, lambda);
}
[[nodiscard]] inline double log_before_power(Power power, double value, double lambda) {
  return power == Power::kYeoJohnson && value < 0 ? -log_of_power(-value, 2 - lambda)
                                                  : log_of_power(value, lambda);
}

}  // namespace tessera::features
