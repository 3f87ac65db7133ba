// rare: levels of few customers are taken together as one, as scikit-learn's OneHotEncoder with
// min_frequency; and what the training did not know goes with them.
#include <cmath>
#include <optional>

#include "features/steps/list.hpp"
#include "features/steps/range_argument.hpp"

namespace tessera::features {
namespace {

/// A share of customers below 1, or a number of them.
std::optional<double> parse(std::string_view argument) {
  const std::optional<double> least = number_argument(argument);
  const bool can_be = least && *least > 0 && *least <= 0x1.0p53 &&
                      (*least < 1 || (*least > 1 && *least == std::trunc(*least)));
  return can_be ? least : std::nullopt;
}

class Rare final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "rare"; }
  [[nodiscard]] std::string_view usage() const override { return "rare SHARE|COUNT"; }
  [[nodiscard]] Place place() const override { return Place::kChange; }
  [[nodiscard]] bool is_for_numbers() const override { return false; }
  [[nodiscard]] bool is_for_categories() const override { return true; }

  [[nodiscard]] std::string refuses_argument(std::string_view argument,
                                             bool /*is_category*/) const override {
    return parse(argument) ? "" : "a share of the customers below 1, or how many from 2: 0.01, 50";
  }
  [[nodiscard]] double least_customers(std::string_view argument, double known) const override {
    const double least = parse(argument).value_or(0);
    return least < 1 ? least * known : least;
  }
};

}  // namespace

const StepKind& rare_step() {
  static const Rare kind;
  return kind;
}

}  // namespace tessera::features
