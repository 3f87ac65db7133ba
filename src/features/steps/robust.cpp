// robust: median taken off and divided by the range between the quartiles, as scikit-learn's
// RobustScaler; by 1 where that range is 0.
#include "features/steps/affine.hpp"
#include "features/steps/list.hpp"

namespace tessera::features {
namespace {

class Robust final : public Affine {
 public:
  [[nodiscard]] std::string_view name() const override { return "robust"; }

  [[nodiscard]] Needs needs(std::string_view /*argument*/) const override {
    return {.quantiles = {0.25, 0.5, 0.75}, .facts = true};
  }
  [[nodiscard]] Fitting fit(std::string_view /*argument*/, const Facts& facts) const override {
    const double between = facts.quantiles[2] - facts.quantiles[0];
    Fitting fitting{{facts.quantiles[1], between > 0 ? between : 1}, ""};
    if (!std::isfinite(between)) {
      fitting.reason = "its values are too large to be divided by the range of the middle half";
    }
    return fitting;
  }
};

}  // namespace

const StepKind& robust_step() {
  static const Robust kind;
  return kind;
}

}  // namespace tessera::features
