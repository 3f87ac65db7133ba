// signed-log: sign(x) ln(1 + |x|), which draws both tails in and is defined for every number.
#include <algorithm>
#include <cmath>

#include "features/steps/list.hpp"

namespace tessera::features {
namespace {

class SignedLog final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "signed-log"; }
  [[nodiscard]] std::string_view usage() const override { return "signed-log"; }
  [[nodiscard]] Place place() const override { return Place::kChange; }

  void forward(std::span<const double> /*fitted*/, std::span<double> values) const override {
    std::ranges::transform(values, values.begin(),
                           [](double x) { return std::copysign(std::log1p(std::fabs(x)), x); });
  }
  [[nodiscard]] double back(std::span<const double> /*fitted*/, double value) const override {
    return std::copysign(std::expm1(std::fabs(value)), value);
  }
  [[nodiscard]] std::string describe(std::span<const double> /*fitted*/) const override {
    return "sign(x) ln(1 + |x|)";
  }
};

}  // namespace

const StepKind& signed_log_step() {
  static const SignedLog kind;
  return kind;
}

}  // namespace tessera::features
