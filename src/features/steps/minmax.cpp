// minmax: to [0, 1] by least and greatest, as scikit-learn's MinMaxScaler.
#include "features/steps/affine.hpp"
#include "features/steps/list.hpp"

namespace tessera::features {
namespace {

class MinMax final : public Affine {
 public:
  [[nodiscard]] std::string_view name() const override { return "minmax"; }

  [[nodiscard]] Needs needs(std::string_view /*argument*/) const override {
    return {.quantiles = {}, .facts = true};
  }
  [[nodiscard]] Fitting fit(std::string_view /*argument*/, const Facts& facts) const override {
    Fitting fitting{{facts.range.least, facts.range.greatest - facts.range.least}, ""};
    if (!std::isfinite(fitting.numbers[1])) {
      fitting.reason = "its values are too large to be brought to [0, 1]";
    } else if (!(fitting.numbers[1] > 0)) {
      fitting.reason =
          fmt::format("all its values are {}, which sets no customer apart", facts.range.least);
    }
    return fitting;
  }
};

}  // namespace

const StepKind& minmax_step() {
  static const MinMax kind;
  return kind;
}

}  // namespace tessera::features
