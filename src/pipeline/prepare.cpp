#include "tessera/pipeline/prepare.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "tessera/base/text.hpp"
#include "tessera/pipeline/check.hpp"

namespace tessera::pipeline {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_asked_for(const features::FitOptions& fit, const std::string& column) {
  return fit.features.empty() ? !contains(fit.ignore, column) : contains(fit.features, column);
}

/// The steps that are suggested, with the scale that is asked for.
std::string with_scale(const std::string& steps, const std::string& scale) {
  constexpr std::string_view kSuggested = "standard";
  return steps.ends_with(kSuggested) ? steps.substr(0, steps.size() - kSuggested.size()) + scale
                                     : steps;
}

class Decider {
 public:
  Decider(const table::Table& table, const features::FitOptions& asked, const CheckResult& found)
      : table_(table), asked_(asked), found_(found), fit_(asked) {}

  DecidedRecipe run() {
    for (const Suggestion::Column& column : found_.suggestion.ignored) {
      if (is_open(column.name)) {
        fit_.ignore.push_back(column.name);
        decide(column.name, "left out", column.reason);
      }
    }
    for (const Suggestion::Column& column : found_.suggestion.steps) {
      const bool is_category = type_of(column.name) == table::ColumnType::kCategory;
      if (is_open(column.name) && !features::has_steps(asked_, column.name, is_category)) {
        const std::string steps = with_scale(column.what, asked_.scale);
        fit_.columns.push_back({column.name, steps, true, "prepare auto"});
        decide(column.name, steps, column.reason);
      }
    }
    for (const Suggestion::Column& column : found_.suggestion.categories) {
      if (is_open(column.name)) {
        decide(column.name, "as usual",
               fmt::format("{} {}=category among columns-as, if they are codes", column.reason,
                           column.name));
      }
    }
    for (const Finding& finding : found_.findings) {
      if (finding.kind == "two_values" && is_open(finding.columns.front())) {
        decide(finding.columns.front(), "a category", "whole numbers with two values");
      }
    }
    return {std::move(fit_), in_order()};
  }

 private:
  [[nodiscard]] table::ColumnType type_of(const std::string& column) const {
    return table_.columns()[table_.find(column)].type;
  }
  /// Whether nothing was said of the column itself.
  [[nodiscard]] bool is_open(const std::string& column) const {
    return !contains(asked_.ignore, column) && !features::is_said(asked_, column);
  }
  void decide(const std::string& column, const std::string& what, const std::string& reason) {
    decisions_.insert_or_assign(column, Decision{column, what, reason});
  }
  /// As the columns stand; of those that nothing was decided of, that.
  [[nodiscard]] std::vector<Decision> in_order() const {
    std::vector<Decision> all;
    for (const table::Column& column : table_.columns()) {
      if (column.name == asked_.id || column.name == asked_.weight ||
          !is_asked_for(asked_, column.name)) {
        continue;
      }
      const auto at = decisions_.find(column.name);
      all.push_back(at != decisions_.end() ? at->second
                    : is_open(column.name) ? Decision{column.name, "as usual", ""}
                                           : Decision{column.name, "as it was asked for", ""});
    }
    return all;
  }

  const table::Table& table_;
  const features::FitOptions& asked_;
  const CheckResult& found_;
  features::FitOptions fit_;
  std::map<std::string, Decision> decisions_;
};

}  // namespace

DecidedRecipe decide_recipe(const comm::Communicator& comm, const table::Table& table,
                            const features::FitOptions& asked, std::uint64_t min_group,
                            Observer& observer) {
  CheckOptions options{.id = asked.id, .label = {}, .weight = asked.weight, .min_group = min_group};
  for (const table::Column& column : table.columns()) {
    if (column.name != asked.id && column.name != asked.weight &&
        !is_asked_for(asked, column.name)) {
      options.ignore.push_back(column.name);
    }
  }
  const CheckResult found = check_table(comm, table, options, observer);
  DecidedRecipe decided = Decider(table, asked, found).run();
  for (const Decision& decision : decided.decisions) {
    observer.info(
        fmt::format("column \"{}\": {}{}", decision.column, decision.what,
                    decision.reason.empty() ? "" : fmt::format(" ({})", decision.reason)));
  }
  return decided;
}

}  // namespace tessera::pipeline
