// impute: a value in place of a missing one.
#include <cmath>
#include <optional>

#include "features/steps/list.hpp"
#include "features/steps/range_argument.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/recipe.hpp"
#include "tessera/simd/vectorise.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {
namespace {

constexpr std::string_view kConstant = "constant ";
constexpr std::string_view kMostFrequent = "most_frequent";
constexpr std::string_view kIndicator = " indicator";

/// The argument without what asks for a feature that tells where values are missing.
std::string_view strategy_of(std::string_view argument) {
  if (argument.ends_with(kIndicator)) {
    argument.remove_suffix(kIndicator.size());
  }
  return argument;
}

/// X of "constant X".
std::optional<double> constant_of(std::string_view argument) {
  argument = strategy_of(argument);
  if (!argument.starts_with(kConstant)) {
    return std::nullopt;
  }
  argument.remove_prefix(kConstant.size());
  const std::optional<double> value = number_argument(argument);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

class Impute final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "impute"; }
  [[nodiscard]] std::string_view usage() const override {
    return "impute median|mean|most_frequent|constant X [indicator] (of a category: "
           "most_frequent)";
  }
  [[nodiscard]] Place place() const override { return Place::kImpute; }
  [[nodiscard]] bool is_for_categories() const override { return true; }

  [[nodiscard]] std::string refuses_argument(std::string_view argument,
                                             bool is_category) const override {
    const std::string_view strategy = strategy_of(argument);
    if (is_category) {
      return strategy == kMostFrequent ? "" : "\"impute most_frequent\" for a category";
    }
    const bool known = strategy == "median" || strategy == "mean" || strategy == kMostFrequent ||
                       constant_of(argument);
    return known ? ""
                 : "\"impute median\", \"impute mean\", \"impute most_frequent\" or \"impute "
                   "constant X\", perhaps with \"indicator\" behind it";
  }

  [[nodiscard]] std::vector<std::string> numbers(std::string_view /*argument*/) const override {
    return {"value"};
  }

  [[nodiscard]] Needs needs(std::string_view argument) const override {
    Needs needs{.of_known = true};
    const std::string_view strategy = strategy_of(argument);
    if (strategy == "median") {
      needs.quantiles = {0.5};
    }
    needs.mean = strategy == "mean";
    needs.most_frequent = strategy == kMostFrequent;
    needs.facts = !constant_of(argument);
    return needs;
  }
  [[nodiscard]] Fitting fit(std::string_view argument, const Facts& facts) const override {
    if (const auto constant = constant_of(argument)) {
      return {{*constant}, ""};
    }
    const std::string_view strategy = strategy_of(argument);
    if (strategy == kMostFrequent) {
      return {{facts.most_frequent.value_or(0)},
              facts.most_frequent
                  ? ""
                  : fmt::format("it has more than {} different values, of which the "
                                "most frequent one says little (impute median)",
                                table::kMaxLevels)};
    }
    return {{strategy == "mean" ? facts.mean : facts.quantiles.at(0)}, ""};
  }
  [[nodiscard]] std::string fit_levels(std::string_view /*argument*/, const LevelFacts& facts,
                                       CategoryFeature& feature) const override {
    // together, rare levels may outnumber the most frequent one
    const auto weight = [&](std::uint32_t level) {
      return facts.levels[level] == kOtherLevel ? 0 : facts.weights[level];
    };
    for (std::uint32_t level = 1; level < facts.levels.size(); ++level) {
      feature.impute = weight(level) > weight(feature.impute) ? level : feature.impute;
    }
    return {};
  }

  [[nodiscard]] bool indicates(std::string_view argument) const override {
    return argument.ends_with(kIndicator);
  }

  void forward(std::span<const double> fitted, std::span<double> values) const override {
    simd::vectorise([value = fitted[0], x = values.data(), n = values.size()]() TESSERA_INLINE {
      for (std::size_t i = 0; i < n; ++i) {
        x[i] = x[i] == x[i] ? x[i] : value;  // NaN alone is unlike itself
      }
    });
  }
  [[nodiscard]] std::string describe(std::span<const double> fitted) const override {
    return fmt::format("missing as {:.6g}", fitted[0]);
  }
};

}  // namespace

const StepKind& impute_step() {
  static const Impute kind;
  return kind;
}

}  // namespace tessera::features
