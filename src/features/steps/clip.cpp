// clip: values beyond two quantiles of the known ones become these. Quantiles lie between values on
// the straight line, as numpy's default; what is imputed does not draw them in.
#include <optional>
#include <utility>

#include "features/steps/clamp.hpp"
#include "features/steps/list.hpp"
#include "features/steps/range_argument.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

using Shares = std::pair<double, double>;

/// LOW and HIGH of "LOW:HIGH", if they are shares in order.
std::optional<Shares> parse(std::string_view argument) {
  const std::optional<Shares> shares = range_argument(argument);
  const bool in_order =
      shares && shares->first >= 0 && shares->first < shares->second && shares->second <= 1;
  return in_order ? shares : std::nullopt;
}

class Clip final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "clip"; }
  [[nodiscard]] std::string_view usage() const override { return "clip LOW:HIGH"; }
  [[nodiscard]] Place place() const override { return Place::kChange; }

  [[nodiscard]] std::string refuses_argument(std::string_view argument,
                                             bool /*is_category*/) const override {
    return parse(argument) ? "" : "LOW:HIGH, two shares with 0 <= LOW < HIGH <= 1: 0.01:0.99";
  }
  [[nodiscard]] std::vector<std::string> numbers(std::string_view /*argument*/) const override {
    return {"low", "high"};
  }
  [[nodiscard]] bool accepts(std::span<const double> fitted) const override {
    return fitted[0] <= fitted[1];
  }

  [[nodiscard]] Needs needs(std::string_view argument) const override {
    const Shares shares = parse(argument).value_or(Shares(0, 1));
    return {.quantiles = {shares.first, shares.second}, .of_known = true, .facts = true};
  }
  [[nodiscard]] Fitting fit(std::string_view /*argument*/, const Facts& facts) const override {
    Fitting fitting{facts.quantiles, ""};
    if (!(facts.quantiles[0] < facts.quantiles[1])) {
      fitting.reason = fmt::format("clipped, all its values are {}, which sets no customer apart",
                                   facts.quantiles[0]);
    }
    return fitting;
  }

  void forward(std::span<const double> fitted, std::span<double> values) const override {
    clamp_values(fitted[0], fitted[1], values);
  }
  [[nodiscard]] std::string describe(std::span<const double> fitted) const override {
    return fmt::format("clipped to {:.6g} ... {:.6g}", fitted[0], fitted[1]);
  }
};

}  // namespace

const StepKind& clip_step() {
  static const Clip kind;
  return kind;
}

}  // namespace tessera::features
