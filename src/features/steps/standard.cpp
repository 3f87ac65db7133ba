// standard: to a mean of 0 and a population standard deviation of 1.
#include "features/steps/affine.hpp"
#include "features/steps/list.hpp"

namespace tessera::features {
namespace {

class Standard final : public Affine {
 public:
  [[nodiscard]] std::string_view name() const override { return "standard"; }

  [[nodiscard]] Needs needs(std::string_view /*argument*/) const override {
    return {.mean = true, .deviation = true, .quantiles = {}, .facts = true};
  }
  [[nodiscard]] Fitting fit(std::string_view /*argument*/, const Facts& facts) const override {
    Fitting fitting{{facts.mean, facts.deviation}, ""};
    if (!std::isfinite(facts.deviation)) {
      fitting.reason = "its values are too large to be standardised";
    } else if (!(facts.deviation > 0)) {
      fitting.reason = "its values differ too little to be standardised";
    }
    return fitting;
  }
};

}  // namespace

const StepKind& standard_step() {
  static const Standard kind;
  return kind;
}

}  // namespace tessera::features
