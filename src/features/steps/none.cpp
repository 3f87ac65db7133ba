// none: the column's own unit. A round number near its mean is taken off, for single precision is
// finest about 0, and so that whole numbers stay whole.
#include <cmath>

#include "features/steps/affine.hpp"
#include "features/steps/list.hpp"

namespace tessera::features {
namespace {

/// A multiple of a power of two that is small beside the deviation.
double near_mean(const Facts& facts) {
  if (!(facts.deviation > 0) || !std::isfinite(facts.deviation)) {
    return facts.mean;
  }
  const double step = std::exp2(std::floor(std::log2(facts.deviation / 4)));
  const double rounded = std::nearbyint(facts.mean / step) * step;
  return std::isfinite(rounded) ? rounded : facts.mean;
}

class None final : public Affine {
 public:
  [[nodiscard]] std::string_view name() const override { return "none"; }

  [[nodiscard]] Needs needs(std::string_view /*argument*/) const override {
    return {.mean = true, .deviation = true, .quantiles = {}, .facts = true};
  }
  [[nodiscard]] Fitting fit(std::string_view /*argument*/, const Facts& facts) const override {
    return {{near_mean(facts), 1}, ""};
  }
};

}  // namespace

const StepKind& none_step() {
  static const None kind;
  return kind;
}

}  // namespace tessera::features
