// yeo-johnson: a power of 1 + x, below 0 its mirror image, by which the column comes nearest to a
// normal distribution; as scikit-learn's PowerTransformer without its standardisation.
#include "features/steps/list.hpp"
#include "features/steps/power_step.hpp"

namespace tessera::features {
namespace {

class YeoJohnson final : public PowerStep {
 public:
  YeoJohnson() : PowerStep(Power::kYeoJohnson) {}
  [[nodiscard]] std::string_view name() const override { return "yeo-johnson"; }
  [[nodiscard]] std::string describe(std::span<const double> fitted) const override {
    return fmt::format("Yeo-Johnson power {:.6g}", fitted[0]);
  }
};

}  // namespace

const StepKind& yeo_johnson_step() {
  static const YeoJohnson kind;
  return kind;
}

}  // namespace tessera::features
