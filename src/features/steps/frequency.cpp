// frequency: in place of a level the share of the customers that have it, of those that have any.
// Levels of too few customers to be told of are not named: each of them becomes what they have on
// average. Afterwards so does a level that the training did not know; 0 where all are named.
#include <algorithm>

#include "features/steps/level_list.hpp"
#include "features/steps/list.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

using Levels = std::vector<std::string>;

Levels levels_of(std::string_view argument) {
  return argument.empty() ? Levels() : split_levels(argument).value_or(Levels());
}

class Frequency final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "frequency"; }
  [[nodiscard]] std::string_view usage() const override { return "frequency"; }
  [[nodiscard]] Place place() const override { return Place::kEncode; }
  [[nodiscard]] bool is_for_numbers() const override { return false; }
  [[nodiscard]] bool is_for_categories() const override { return true; }

  [[nodiscard]] std::vector<std::string> numbers(std::string_view argument) const override {
    std::vector<std::string> names;
    for (const std::string& level : levels_of(argument)) {
      names.push_back("share_of_" + level);
    }
    names.emplace_back("others");
    return names;
  }
  [[nodiscard]] bool accepts(std::span<const double> fitted) const override {
    return std::ranges::all_of(fitted, [](double share) { return share >= 0 && share <= 1; });
  }

  [[nodiscard]] FittedStep encode(std::string_view /*argument*/, const LevelFacts& facts,
                                  std::uint64_t min_group) const override {
    double known = 0;
    double in_rare = 0;
    std::int64_t rare = 0;
    for (std::size_t i = 0; i < facts.levels.size(); ++i) {
      known += facts.weights[i];
      const bool is_rare = static_cast<std::uint64_t>(facts.counts[i]) < min_group;
      rare += is_rare ? 1 : 0;
      in_rare += is_rare ? facts.weights[i] : 0;
    }
    Levels named;
    std::vector<double> shares;
    for (std::size_t i = 0; i < facts.levels.size(); ++i) {
      if (static_cast<std::uint64_t>(facts.counts[i]) >= min_group) {
        named.push_back(facts.levels[i]);
        shares.push_back(facts.weights[i] / known);
      }
    }
    shares.push_back(rare == 0 ? 0 : in_rare / static_cast<double>(rare) / known);
    return {this, named.empty() ? "" : join_levels(named), std::move(shares)};
  }
  [[nodiscard]] Encoding encoding(const FittedStep& step) const override {
    Encoding encoding;
    const Levels levels = levels_of(step.argument);
    for (std::size_t i = 0; i < levels.size(); ++i) {
      encoding.numbers.emplace(levels[i], step.numbers.at(i));
    }
    encoding.others = step.numbers.back();
    return encoding;
  }
  [[nodiscard]] std::string describe_fitted(const FittedStep& step) const override {
    return fmt::format("share of the customers with its level, {} of them, others as {:.6g}",
                       step.numbers.size() - 1, step.numbers.back());
  }
};

}  // namespace

const StepKind& frequency_step() {
  static const Frequency kind;
  return kind;
}

}  // namespace tessera::features
