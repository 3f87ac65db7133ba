// limit: values beyond two stated ones become these.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "features/steps/clamp.hpp"
#include "features/steps/list.hpp"
#include "features/steps/range_argument.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

using Limits = std::pair<double, double>;

constexpr double kMost = std::numeric_limits<double>::max();

std::optional<Limits> parse(std::string_view argument) {
  const std::optional<Limits> limits = range_argument(argument, Limits(-kMost, kMost));
  const bool in_order = limits && limits->first >= -kMost && limits->first < limits->second &&
                        limits->second <= kMost;
  return in_order && argument != ":" ? limits : std::nullopt;
}

class Limit final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "limit"; }
  [[nodiscard]] std::string_view usage() const override { return "limit LOW:HIGH"; }
  [[nodiscard]] Place place() const override { return Place::kChange; }

  [[nodiscard]] std::string refuses_argument(std::string_view argument,
                                             bool /*is_category*/) const override {
    return parse(argument) ? "" : "LOW:HIGH, two numbers with LOW < HIGH, or one: 0:5000, 0:";
  }
  [[nodiscard]] std::vector<std::string> numbers(std::string_view /*argument*/) const override {
    return {"low", "high"};
  }
  [[nodiscard]] bool accepts(std::span<const double> fitted) const override {
    return fitted[0] < fitted[1];
  }

  [[nodiscard]] Needs needs(std::string_view /*argument*/) const override {
    return {.quantiles = {}, .of_known = true, .facts = true};
  }
  [[nodiscard]] Fitting fit(std::string_view argument, const Facts& facts) const override {
    const auto [low, high] = parse(argument).value_or(Limits(-kMost, kMost));
    Fitting fitting{{low, high}, ""};
    const double least = std::clamp(facts.range.least, low, high);
    if (least == std::clamp(facts.range.greatest, low, high)) {
      fitting.reason =
          fmt::format("limited, all its values are {}, which sets no customer apart", least);
    }
    return fitting;
  }

  void forward(std::span<const double> fitted, std::span<double> values) const override {
    clamp_values(fitted[0], fitted[1], values);
  }
  [[nodiscard]] std::string describe(std::span<const double> fitted) const override {
    if (fitted[0] == -kMost) {
      return fmt::format("at most {:.6g}", fitted[1]);
    }
    return fitted[1] == kMost ? fmt::format("at least {:.6g}", fitted[0])
                              : fmt::format("limited to {:.6g} ... {:.6g}", fitted[0], fitted[1]);
  }
};

}  // namespace

const StepKind& limit_step() {
  static const Limit kind;
  return kind;
}

}  // namespace tessera::features
