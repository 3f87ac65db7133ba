#include "features/fit_column.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "features/prepare_column.hpp"
#include "tessera/base/error.hpp"

namespace tessera::features {
namespace {

/// One past the last step of the wave that begins with step `first`: those that ask about the
/// values as they are before it. Imputing leaves the known values as they are.
std::size_t end_of_wave(const Chain& chain, std::size_t first) {
  bool known_change = false;
  for (std::size_t i = first; i < chain.size(); ++i) {
    const Needs needs = chain[i].kind->needs(chain[i].argument);
    if (i > first && needs.facts && (known_change || !needs.of_known)) {
      return i;
    }
    known_change = known_change || chain[i].kind->place() != Place::kImpute;
  }
  return chain.size();
}

struct Levels {
  std::vector<std::string> levels;
  std::vector<std::int64_t> counts;
  std::vector<double> weights;

  [[nodiscard]] LevelFacts facts() const { return {levels, counts, weights}; }
};

/// Those that occur.
Levels present_levels(const LevelFacts& all) {
  Levels present;
  for (std::size_t level = 0; level < all.levels.size(); ++level) {
    if (all.counts[level] > 0) {
      present.levels.push_back(all.levels[level]);
      present.counts.push_back(all.counts[level]);
      present.weights.push_back(all.weights[level]);
    }
  }
  return present;
}

/// Takes the levels together, as kOtherLevel, that fewer than `min_group` customers have, or
/// customers of less weight than `least`.
void merge_rare(Levels& levels, std::uint64_t min_group, double least) {
  struct Merged {
    std::int64_t count = 0;
    double weight = 0;
  };
  std::map<std::string, Merged> merged;
  for (std::size_t level = 0; level < levels.levels.size(); ++level) {
    const bool is_rare = static_cast<std::uint64_t>(levels.counts[level]) < min_group ||
                         levels.weights[level] < least;
    Merged& into = merged[is_rare ? std::string(kOtherLevel) : std::move(levels.levels[level])];
    into.count += levels.counts[level];
    into.weight += levels.weights[level];
  }
  levels = {};
  for (auto& [level, together] : merged) {
    levels.levels.push_back(level);
    levels.counts.push_back(together.count);
    levels.weights.push_back(together.weight);
  }
}

}  // namespace

FittedColumn fit_numbers(const comm::Communicator& comm, const table::Table& table,
                         std::size_t column, std::uint64_t first, const Chain& chain,
                         const numeric::Extremes& range, FittingColumn& values) {
  FittedColumn fitted;
  fitted.feature.column = table.columns()[column].name;
  fitted.raw.range = range;
  if (range.least > range.greatest) {
    fitted.reason = "all its values are missing";
    return fitted;
  }
  if (range.least == range.greatest) {
    fitted.reason = fmt::format("all its values are {}, which sets no customer apart", range.least);
    return fitted;
  }
  Needs of_raw{.mean = true, .deviation = true, .quantiles = {}, .of_known = true};
  const Facts raw = values.answer(of_raw);
  fitted.raw.mean = raw.mean;
  fitted.raw.deviation = raw.deviation;

  std::vector<FittedStep>& steps = fitted.feature.steps;
  for (std::size_t next = 0; next < chain.size();) {
    while (fitted.applied < steps.size()) {  // the last wave's
      bool defined = values.apply(steps[fitted.applied++]);
      comm.together([&] {
        if (!defined) {
          fail_at_refused(table, column, fitted.feature, first, values.values().size());
        }
      });
    }
    const std::size_t end = end_of_wave(chain, next);
    for (; next < end; ++next) {
      const StepSpec& step = chain[next];
      const Needs needs = step.kind->needs(step.argument);
      Fitting fitting = step.kind->fit(step.argument, needs.facts ? values.answer(needs) : Facts{});
      if (!fitting.reason.empty()) {
        fitted.reason = std::move(fitting.reason);
        return fitted;
      }
      steps.push_back({step.kind, step.argument, std::move(fitting.numbers)});
    }
  }
  if (fitted.applied == 0) {
    (void)values.apply(steps[fitted.applied++]);  // imputes
  }
  return fitted;
}

FittedStep encode(const StepSpec& step, const NumberLevels& levels, const std::string& table,
                  const std::string& column, std::uint64_t min_group) {
  if (!levels.reason.empty()) {
    fail(ExitCode::kBadData, "{}: column \"{}\" cannot be taken as category: {}", table, column,
         levels.reason);
  }
  const Levels present = present_levels({levels.levels, levels.counts, levels.weights});
  try {
    return step.kind->encode(step.argument, present.facts(), min_group);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: column \"{}\": {}", table, column, error.what()));
  }
}

std::string fit_levels(const Chain& chain, const LevelFacts& all, std::uint64_t min_group,
                       CategoryFeature& feature) {
  Levels present = present_levels(all);
  if (present.levels.empty()) {
    return "all its values are missing";
  }
  if (present.levels.size() == 1) {
    return fmt::format("all its values are \"{}\", which sets no customer apart",
                       present.levels.front());
  }
  const double known = std::accumulate(present.weights.begin(), present.weights.end(), 0.0);
  double least = 0;
  for (const StepSpec& step : chain) {
    least = std::max(least, step.kind->least_customers(step.argument, known));
  }
  merge_rare(present, min_group, least);
  if (present.levels.size() == 1) {
    const auto customers = std::max(min_group, static_cast<std::uint64_t>(std::ceil(least)));
    return fmt::format("fewer than {} customers have each of its levels{}", customers,
                       customers == min_group ? ", too few to be told of" : "");
  }
  for (const StepSpec& step : chain) {
    if (std::string reason = step.kind->fit_levels(step.argument, present.facts(), feature);
        !reason.empty()) {
      return reason;
    }
  }
  return {};
}

}  // namespace tessera::features
