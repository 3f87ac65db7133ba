// one-hot: a dimension for each level of a category, 0 or 1 (or what a weight makes of it); in
// meaning, never in memory.
#include "features/steps/list.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/recipe.hpp"

namespace tessera::features {
namespace {

class OneHot final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "one-hot"; }
  [[nodiscard]] std::string_view usage() const override { return "one-hot"; }
  [[nodiscard]] Place place() const override { return Place::kCode; }
  [[nodiscard]] bool is_for_numbers() const override { return false; }
  [[nodiscard]] bool is_for_categories() const override { return true; }

  [[nodiscard]] std::string fit_levels(std::string_view /*argument*/, const LevelFacts& facts,
                                       CategoryFeature& feature) const override {
    feature.levels.assign(facts.levels.begin(), facts.levels.end());
    if (feature.levels.size() >= kMissingLevel) {
      return fmt::format("it has {} distinct values", feature.levels.size());
    }
    return {};
  }
};

}  // namespace

const StepKind& one_hot_step() {
  static const OneHot kind;
  return kind;
}

}  // namespace tessera::features
