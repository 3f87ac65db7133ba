// ordinal: the levels of a category in a stated order become 0, 1, 2, ..., as scikit-learn's
// OrdinalEncoder with categories. In training a level that is not stated is an error; afterwards it
// is taken as missing.
#include <algorithm>

#include "features/steps/level_list.hpp"
#include "features/steps/list.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

class Ordinal final : public StepKind {
 public:
  [[nodiscard]] std::string_view name() const override { return "ordinal"; }
  [[nodiscard]] std::string_view usage() const override { return "ordinal \"LOW,MID,HIGH\""; }
  [[nodiscard]] Place place() const override { return Place::kEncode; }
  [[nodiscard]] bool is_for_numbers() const override { return false; }
  [[nodiscard]] bool is_for_categories() const override { return true; }

  [[nodiscard]] std::string refuses_argument(std::string_view argument,
                                             bool /*is_category*/) const override {
    auto levels = split_levels(argument);
    if (levels) {
      std::ranges::sort(*levels);
    }
    const bool can_be = levels && levels->size() > 1 && !levels->front().empty() &&
                        std::ranges::adjacent_find(*levels) == levels->end();
    return can_be ? "" : "its levels from low to high, in double quotes: \"low,mid,high\"";
  }

  [[nodiscard]] FittedStep encode(std::string_view argument, const LevelFacts& facts,
                                  std::uint64_t /*min_group*/) const override {
    FittedStep step{this, std::string(argument), {}};
    const Encoding encoding = this->encoding(step);
    for (std::size_t i = 0; i < facts.levels.size(); ++i) {
      if (!encoding.numbers.contains(facts.levels[i])) {
        fail(ExitCode::kBadData, "\"{}\", in {} {}, is not among the levels of ordinal {}; name it",
             facts.levels[i], facts.counts[i], facts.counts[i] == 1 ? "row" : "rows", argument);
      }
    }
    return step;
  }
  [[nodiscard]] Encoding encoding(const FittedStep& step) const override {
    Encoding encoding;
    for (const std::string& level :
         split_levels(step.argument).value_or(std::vector<std::string>())) {
      encoding.numbers.emplace(level, static_cast<double>(encoding.numbers.size()));
    }
    return encoding;
  }
  [[nodiscard]] std::string describe_fitted(const FittedStep& step) const override {
    std::string text;
    for (const std::string& level :
         split_levels(step.argument).value_or(std::vector<std::string>())) {
      text += (text.empty() ? "" : " < ") + level;
    }
    return text + " as 0, 1, ...";
  }
};

}  // namespace

const StepKind& ordinal_step() {
  static const Ordinal kind;
  return kind;
}

}  // namespace tessera::features
