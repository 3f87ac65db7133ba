// weight: a feature of weight W counts as if its column stood W times in the table. Squared
// distances are what is added up, so the scaled values, or the ones of a category's levels, are
// multiplied by the root of W.
#include <cmath>
#include <optional>

#include "features/steps/list.hpp"
#include "features/steps/range_argument.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/recipe.hpp"
#include "tessera/simd/vectorise.hpp"

namespace tessera::features {
namespace {

constexpr double kMost = 1e6;  // further apart, only the heavier features would count

std::optional<double> parse(std::string_view argument) {
  const std::optional<double> weight = number_argument(argument);
  return weight && *weight >= 1 / kMost && *weight <= kMost ? weight : std::nullopt;
}

double factor_of(std::string_view argument) { return std::sqrt(parse(argument).value_or(1)); }

class Weight final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "weight"; }
  [[nodiscard]] std::string_view usage() const override { return "weight W"; }
  [[nodiscard]] Place place() const override { return Place::kWeight; }
  [[nodiscard]] bool is_for_categories() const override { return true; }

  [[nodiscard]] std::string refuses_argument(std::string_view argument,
                                             bool /*is_category*/) const override {
    return parse(argument) ? "" : "\"weight W\", a number from 1e-6 to 1e6";
  }
  [[nodiscard]] std::vector<std::string> numbers(std::string_view /*argument*/) const override {
    return {"factor"};
  }
  [[nodiscard]] bool accepts(std::span<const double> fitted) const override {
    return fitted[0] > 0;
  }
  [[nodiscard]] Fitting fit(std::string_view argument, const Facts& /*facts*/) const override {
    return {{factor_of(argument)}, ""};
  }
  [[nodiscard]] std::string fit_levels(std::string_view argument, const LevelFacts& /*facts*/,
                                       CategoryFeature& feature) const override {
    feature.factor = factor_of(argument);
    return {};
  }

  void forward(std::span<const double> fitted, std::span<double> values) const override {
    simd::vectorise([factor = fitted[0], x = values.data(), n = values.size()]() TESSERA_INLINE {
      for (std::size_t i = 0; i < n; ++i) {
        x[i] *= factor;
      }
    });
  }
  [[nodiscard]] double back(std::span<const double> fitted, double value) const override {
    return value / fitted[0];
  }
  [[nodiscard]] std::string describe(std::span<const double> fitted) const override {
    return fmt::format("of weight {:.6g}", fitted[0] * fitted[0]);
  }
};

}  // namespace

const StepKind& weight_step() {
  static const Weight kind;
  return kind;
}

}  // namespace tessera::features
