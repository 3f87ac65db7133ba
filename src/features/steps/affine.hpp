/// \file
/// What the steps that scale have in common: (x - offset) / divisor.
#pragma once

#include <cmath>

#include "tessera/base/error.hpp"
#include "tessera/features/steps/step.hpp"
#include "tessera/simd/vectorise.hpp"

namespace tessera::features {

class Affine : public StepKind {
 public:
  [[nodiscard]] std::string_view usage() const override { return name(); }
  [[nodiscard]] Place place() const override { return Place::kScale; }
  [[nodiscard]] std::vector<std::string> numbers(std::string_view /*argument*/) const override {
    return {"offset", "divisor"};
  }
  [[nodiscard]] bool accepts(std::span<const double> fitted) const override {
    return fitted[1] > 0;
  }
  void forward(std::span<const double> fitted, std::span<double> values) const override {
    simd::vectorise([offset = fitted[0], divisor = fitted[1], x = values.data(),
                     n = values.size()]() TESSERA_INLINE {
      for (std::size_t i = 0; i < n; ++i) {
        x[i] = (x[i] - offset) / divisor;
      }
    });
  }
  [[nodiscard]] double back(std::span<const double> fitted, double value) const override {
    return value * fitted[1] + fitted[0];
  }
  [[nodiscard]] std::string describe(std::span<const double> fitted) const override {
    return fmt::format("(x {} {:.6g}) / {:.6g}", fitted[0] < 0 ? '+' : '-', std::fabs(fitted[0]),
                       fitted[1]);
  }
};

}  // namespace tessera::features
