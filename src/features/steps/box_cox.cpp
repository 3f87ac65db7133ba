// box-cox: the power by which a column of positive values comes nearest to a normal distribution;
// as scikit-learn's PowerTransformer without its standardisation.
#include "features/steps/list.hpp"
#include "features/steps/power_step.hpp"

namespace tessera::features {
namespace {

class BoxCox final : public PowerStep {
 public:
  BoxCox() : PowerStep(Power::kBoxCox) {}
  [[nodiscard]] std::string_view name() const override { return "box-cox"; }
  [[nodiscard]] std::string refuses(double value) const override {
    return value <= 0
               ? fmt::format("the Box-Cox power is not defined for {} (yeo-johnson is)", value)
               : "";
  }
  [[nodiscard]] std::string describe(std::span<const double> fitted) const override {
    return fmt::format("Box-Cox power {:.6g}", fitted[0]);
  }
};

}  // namespace

const StepKind& box_cox_step() {
  static const BoxCox kind;
  return kind;
}

}  // namespace tessera::features
