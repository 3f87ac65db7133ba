#include "features/fit_column.hpp"

#include <algorithm>
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
};

/// Those that occur.
Levels present_levels(std::span<const std::string> levels, std::span<const std::int64_t> counts) {
  Levels present;
  for (std::size_t level = 0; level < levels.size(); ++level) {
    if (counts[level] > 0) {
      present.levels.push_back(levels[level]);
      present.counts.push_back(counts[level]);
    }
  }
  return present;
}

/// Takes the levels together, as kOtherLevel, that fewer than `least` customers have.
void merge_rare(std::vector<std::string>& levels, std::vector<std::int64_t>& counts,
                std::uint64_t least) {
  std::map<std::string, std::int64_t> merged;
  for (std::size_t level = 0; level < levels.size(); ++level) {
    const bool is_rare = static_cast<std::uint64_t>(counts[level]) < least;
    merged[is_rare ? std::string(kOtherLevel) : std::move(levels[level])] += counts[level];
  }
  levels.clear();
  counts.clear();
  for (auto& [level, count] : merged) {
    levels.push_back(level);
    counts.push_back(count);
  }
}

}  // namespace

FittedColumn fit_numbers(const comm::Communicator& comm, const table::Table& table,
                         std::size_t column, std::uint64_t first, const Chain& chain,
                         const numeric::Extremes& range, FittingColumn& values) {
  FittedColumn fitted;
  fitted.feature.column = table.columns()[column].name;
  fitted.raw.range = range;
  if (range.missing == table.rows()) {
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
  const Levels present = present_levels(levels.levels, levels.counts);
  try {
    return step.kind->encode(step.argument, {present.levels, present.counts}, min_group);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: column \"{}\": {}", table, column, error.what()));
  }
}

std::string fit_levels(const Chain& chain, std::span<const std::string> levels,
                       std::span<const std::int64_t> counts, std::uint64_t min_group,
                       CategoryFeature& feature) {
  auto [present, with_each] = present_levels(levels, counts);
  if (present.empty()) {
    return "all its values are missing";
  }
  if (present.size() == 1) {
    return fmt::format("all its values are \"{}\", which sets no customer apart", present.front());
  }
  const auto known = static_cast<std::uint64_t>(
      std::accumulate(with_each.begin(), with_each.end(), std::int64_t{0}));
  std::uint64_t least = min_group;
  for (const StepSpec& step : chain) {
    least = std::max(least, step.kind->least_customers(step.argument, known));
  }
  merge_rare(present, with_each, least);
  if (present.size() == 1) {
    return fmt::format("fewer than {} customers have each of its levels{}", least,
                       least == min_group ? ", too few to be told of" : "");
  }
  for (const StepSpec& step : chain) {
    if (std::string reason = step.kind->fit_levels(step.argument, {present, with_each}, feature);
        !reason.empty()) {
      return reason;
    }
  }
  return {};
}

}  // namespace tessera::features
