// log1p: ln(1 + x), which draws long tails in.
#include <algorithm>
#include <cmath>

#include "features/steps/list.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

class Log1p final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "log1p"; }
  [[nodiscard]] std::string_view usage() const override { return "log1p"; }
  [[nodiscard]] Place place() const override { return Place::kChange; }

  void forward(std::span<const double> /*fitted*/, std::span<double> values) const override {
    std::ranges::transform(values, values.begin(), [](double x) { return std::log1p(x); });
  }
  [[nodiscard]] double back(std::span<const double> /*fitted*/, double value) const override {
    return std::expm1(value);
  }
  [[nodiscard]] std::string refuses(double value) const override {
    return value <= -1 ? fmt::format("ln(1 + x) is not defined for {}", value) : "";
  }
  [[nodiscard]] std::string describe(std::span<const double> /*fitted*/) const override {
    return "ln(1 + x)";
  }
};

}  // namespace

const StepKind& log1p_step() {
  static const Log1p kind;
  return kind;
}

}  // namespace tessera::features
