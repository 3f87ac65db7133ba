// none: the column's own unit. Its mean is taken off, for single precision is finest about 0.
#include "features/steps/affine.hpp"
#include "features/steps/list.hpp"

namespace tessera::features {
namespace {

class None final : public Affine {
 public:
  [[nodiscard]] std::string_view name() const override { return "none"; }

  [[nodiscard]] Needs needs(std::string_view /*argument*/) const override {
    return {.mean = true, .quantiles = {}, .facts = true};
  }
  [[nodiscard]] Fitting fit(std::string_view /*argument*/, const Facts& facts) const override {
    return {{facts.mean, 1}, ""};
  }
};

}  // namespace

const StepKind& none_step() {
  static const None kind;
  return kind;
}

}  // namespace tessera::features
