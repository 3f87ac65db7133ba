/// \file
/// What the steps of powers have in common. Private to src/features/steps.
#pragma once

#include <algorithm>

#include "features/steps/power_values.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/steps/step.hpp"

namespace tessera::features {

class PowerStep : public StepKind {
 public:
  explicit PowerStep(Power power) : power_(power) {}

  [[nodiscard]] std::string_view usage() const override { return name(); }
  [[nodiscard]] Place place() const override { return Place::kChange; }
  [[nodiscard]] std::vector<std::string> numbers(std::string_view /*argument*/) const override {
    return {"lambda"};
  }
  [[nodiscard]] bool accepts(std::span<const double> fitted) const override {
    return std::fabs(fitted[0]) <= kLargestLambda;
  }

  // what is imputed says nothing about how the column is distributed
  [[nodiscard]] Needs needs(std::string_view /*argument*/) const override {
    return {.quantiles = {}, .of_known = true, .facts = true, .power = power_};
  }
  [[nodiscard]] Fitting fit(std::string_view /*argument*/, const Facts& facts) const override {
    return {{facts.lambda}, ""};
  }

  void forward(std::span<const double> fitted, std::span<double> values) const override {
    std::ranges::transform(values, values.begin(), [this, lambda = fitted[0]](double x) {
      return power_value(power_, signed_log(power_, x), lambda);
    });
  }
  [[nodiscard]] double back(std::span<const double> fitted, double value) const override {
    return from_signed_log(power_, log_before_power(power_, value, fitted[0]));
  }

 private:
  Power power_;
};

}  // namespace tessera::features
