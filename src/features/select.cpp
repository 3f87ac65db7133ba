// Which columns of a table are to be features, and by which steps.
#include "features/select.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <optional>

#include "features/derivations.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/components.hpp"
#include "tessera/features/retyped_table.hpp"

namespace tessera::features {
namespace {

using table::Column;
using table::ColumnType;

/// The columns that `features` names, or all but id and ignored ones; and those that are made of
/// others.
std::vector<std::size_t> wanted_columns(const RetypedTable& table, const FitOptions& options) {
  std::vector<std::size_t> wanted;
  for (const std::string& name : options.features) {
    const std::size_t column = table.find(name);
    if (name == options.id || name == options.weight || contains(options.ignore, name)) {
      fail_about("features", ExitCode::kUsage, "column \"{}\" cannot be a feature and {} as well",
                 name,
                 name == options.id       ? "the id"
                 : name == options.weight ? "the weight"
                                          : "ignored");
    }
    if (std::ranges::find(wanted, column) != wanted.end()) {
      fail_about("features", ExitCode::kUsage, "column \"{}\" is named twice", name);
    }
    wanted.push_back(column);
  }
  for (std::size_t i = 0; i < table.columns().size() && options.features.empty(); ++i) {
    const std::string& name = table.columns()[i].name;
    if (is_wanted(options, name)) {
      wanted.push_back(i);
    }
  }
  for (const DerivedColumn& derived : table.derived()) {
    const std::size_t column = table.find(derived.name);
    if (!contains(options.ignore, derived.name) &&
        std::ranges::find(wanted, column) == wanted.end()) {
      wanted.push_back(column);
    }
  }
  return wanted;
}

bool is_pattern(const std::string& selector) {
  return selector.find_first_of("*?[") != std::string::npos;
}

/// What a column is called by a selector; of some other type, nothing.
std::string_view selector_of(const FitOptions& options, const Column& column) {
  const bool is_category = column.type == ColumnType::kCategory ||
                           said_type(options, column.name) == SaidType::kCategory;
  return is_category ? "category" : column.is_number() ? "numeric" : column.is_date() ? "date" : "";
}

/// How specific a selector that takes the column, of a type that is called `type`, is: the larger
/// the more; nothing if it does not.
std::optional<std::size_t> match(const ColumnSteps& steps, const std::string& column,
                                 std::string_view type) {
  constexpr std::size_t kByName = 1'000'000;
  if (steps.by_name || steps.selector == column) {
    return steps.selector == column ? std::optional(kByName) : std::nullopt;
  }
  if (steps.selector == type) {
    return 0;
  }
  if (is_pattern(steps.selector) && fnmatch(steps.selector.c_str(), column.c_str(), 0) == 0) {
    return 1 + steps.selector.size() -
           static_cast<std::size_t>(std::ranges::count(steps.selector, '*'));
  }
  return std::nullopt;
}

/// See most_specific() of select.hpp.
const ColumnSteps* most_specific(const FitOptions& options, const std::string& column,
                                 std::string_view type, std::string ColumnSteps::*what) {
  const ColumnSteps* best = nullptr;
  std::size_t best_match = 0;
  for (const ColumnSteps& steps : options.columns) {
    if ((steps.*what).empty()) {
      continue;
    }
    const auto found = match(steps, column, type);
    if (found && (best == nullptr || *found >= best_match)) {
      best = &steps;
      best_match = *found;
    }
  }
  return best;
}

/// Steps, and a last one that weighs, if anything is said of it.
std::string with_weight(const std::string& steps, const ColumnSteps* own) {
  return own == nullptr || own->weight.empty()
             ? steps
             : fmt::format("{}{}weight {}", steps, steps.empty() ? "" : ", ", own->weight);
}

/// Throws kConfig if the steps are no chain for a column of either type that they may be for.
void check_steps(const ColumnSteps& own) {
  const bool only_categories = !own.by_name && own.selector == "category";
  const std::string steps = with_weight(own.steps, &own);
  if (steps.empty()) {
    return;
  }
  try {
    (void)parse_chain(steps, only_categories);
  } catch (const Error& error) {
    try {
      if (!only_categories && (own.by_name || own.selector != "numeric")) {
        (void)parse_chain(steps, true);
        return;
      }
    } catch (const Error&) {
    }
    throw Error(ExitCode::kConfig, fmt::format("{}: {}", own.where, error.what()));
  }
}

/// Of a numeric column without steps of its own.
std::string usual_steps(const FitOptions& options, bool log1p, bool clips) {
  return (options.clip.empty() || !clips ? "" : "clip " + options.clip + ", ") +
         (log1p ? "log1p, " : "") + options.scale;
}

/// Whether a column of text has steps that make buckets of its values.
bool is_hashed(const FitOptions& options, const Column& column) {
  return column.type == ColumnType::kText &&
         most_specific(options, column, &ColumnSteps::steps) != nullptr &&
         buckets_of(chain_of(options, column.name, true)) > 0;
}

std::size_t column_of(const table::Table& table, const ColumnSteps& own) {
  try {
    return table.find(own.selector);
  } catch (const Error& error) {
    throw Error(ExitCode::kConfig, fmt::format("{}: {}", own.where, error.what()));
  }
}

void check_names(const RetypedTable& table, const FitOptions& options,
                 const std::vector<std::string>& taken, const Selection& selection) {
  const auto is_in = [](const std::vector<std::size_t>& columns, std::size_t column) {
    return std::ranges::find(columns, column) != columns.end();
  };
  for (const std::string& name : options.log1p) {
    if (!is_in(selection.numeric, table.find(name))) {
      fail_about("log1p", ExitCode::kBadData, "{}: column \"{}\" is not a numeric feature",
                 table.name(), name);
    }
  }
  for (const ColumnSteps& steps : options.columns) {
    if (steps.by_name) {
      const std::size_t column = column_of(table, steps);
      const bool is_taken = contains(taken, steps.selector);
      if (is_taken && steps.steps.empty() && steps.weight.empty()) {
        continue;
      }
      if (!is_in(selection.numeric, column) && !is_in(selection.categories, column)) {
        fail(ExitCode::kConfig, "{}: {}: column \"{}\" is not a feature{}", steps.where,
             table.name(), steps.selector,
             is_taken ? " itself; what is taken of it has sections of its own" : "");
      }
    } else if (is_pattern(steps.selector) &&
               std::ranges::none_of(table.columns(), [&](const Column& column) {
                 return match(steps, column.name, "").has_value();
               })) {
      fail(ExitCode::kConfig, "{}: {} has no column that this matches", steps.where, table.name());
    }
  }
  for (const std::size_t i : selection.numeric) {
    (void)chain_of(options, table.columns()[i].name, false, clips(table.derivation(i)));
  }
  for (const std::size_t i : selection.categories) {
    (void)chain_of(options, table.columns()[i].name, true);
  }
}

}  // namespace

std::string_view scale_help() {
  static const std::string kHelp = "last step of numeric columns: " + names_of_steps(Place::kScale);
  return kHelp;
}

void check(const FitOptions& options) {
  const StepKind* const scale = find_step_kind(options.scale);
  if (scale == nullptr || scale->place() != Place::kScale) {
    fail_about("scale", ExitCode::kUsage, "scale {}: expected one of {}", options.scale,
               names_of_steps(Place::kScale));
  }
  for (const ColumnSteps& own : options.columns) {
    check_steps(own);
  }
  check_derivations(options);
  check_said(options);
  if (!options.weight.empty() && options.weight == options.id) {
    fail_about("weight", ExitCode::kUsage,
               "column \"{}\" cannot be the weight and the id as well; name another",
               options.weight);
  }
  const std::string expected = find_step_kind("clip")->refuses_argument(options.clip, false);
  if (!options.clip.empty() && !expected.empty()) {
    fail_about("clip", ExitCode::kUsage, "clip {}: expected {}", options.clip, expected);
  }
  (void)parse_components(options.pca);
  if (options.drop_constant != 0 && !(options.drop_constant > 0.5)) {
    fail_about("drop_constant", ExitCode::kUsage,
               "drop constant {}: expected a share of the rows above 0.5, such as 0.99",
               options.drop_constant);
  }
}

void leave_out(std::vector<LeftOut>& left_out, const table::Table& table, const FitOptions& options,
               const std::string& column, const std::string& reason, const std::string& take_in) {
  if (contains(options.features, column)) {
    fail_about("features", ExitCode::kBadData,
               "{}: column \"{}\" cannot be a feature: {}; take it out", table.name(), column,
               reason);
  }
  left_out.push_back({column, reason, take_in});
}

Chain chain_of(const FitOptions& options, const std::string& column, bool is_category, bool clips) {
  const std::string_view type = is_category ? "category" : "numeric";
  const ColumnSteps* const own = most_specific(options, column, type, &ColumnSteps::steps);
  const ColumnSteps* const weighing = most_specific(options, column, type, &ColumnSteps::weight);
  const bool log1p = contains(options.log1p, column);
  if (own == nullptr) {
    return parse_chain(with_weight(is_category ? "" : usual_steps(options, log1p, clips), weighing),
                       is_category);
  }
  if (log1p) {
    fail_about("log1p", ExitCode::kUsage,
               "column \"{}\" has steps of its own ({}); write log1p among these", column,
               own->where);
  }
  try {
    return parse_chain(with_weight(own->steps, weighing), is_category);
  } catch (const Error& error) {
    throw Error(ExitCode::kConfig,
                fmt::format("{}: column \"{}\": {}", own->where, column, error.what()));
  }
}

std::vector<std::string> taken_columns(const RetypedTable& table) {
  std::vector<std::string> names;
  for (const DerivedColumn& derived : table.derived()) {
    if (takes_dates(derived.kind) || derived.kind == Derivation::kAgeFromYear) {
      names.push_back(derived.columns.front());
    }
  }
  return names;
}

bool clips(const DerivedColumn* derived) {
  return derived == nullptr || derived->kind == Derivation::kRatio || has_reference(derived->kind);
}

bool is_wanted(const FitOptions& options, const std::string& column) {
  return options.features.empty()
             ? column != options.id && column != options.weight && !contains(options.ignore, column)
             : contains(options.features, column);
}

const ColumnSteps* most_specific(const FitOptions& options, const Column& column,
                                 std::string ColumnSteps::*what) {
  return most_specific(options, column.name, selector_of(options, column), what);
}

bool has_steps(const FitOptions& options, const std::string& column, bool is_category) {
  return most_specific(options, column, is_category ? "category" : "numeric",
                       &ColumnSteps::steps) != nullptr;
}

Selection select_columns(const RetypedTable& table, const FitOptions& options) {
  Selection selection;
  for (const std::string& name : options.ignore) {
    (void)table.find(name);
  }
  if (!options.id.empty()) {
    (void)table.find(options.id);
  }
  if (!options.weight.empty()) {
    (void)table.find(options.weight);
  }
  const std::vector<std::string> taken = taken_columns(table);
  for (const std::size_t i : wanted_columns(table, options)) {
    const Column& column = table.columns()[i];
    if (contains(taken, column.name)) {
      continue;
    }
    const SaidType said = said_type(options, column.name);
    if (said == SaidType::kText) {
      leave_out(selection.left_out, table, options, column.name, "it is to be taken as text");
    } else if (column.type == ColumnType::kCategory ||
               (said == SaidType::kCategory && column.is_number()) || is_hashed(options, column)) {
      selection.categories.push_back(i);
    } else if (column.is_number()) {
      selection.numeric.push_back(i);
    } else if (column.is_date()) {
      leave_out(selection.left_out, table, options, column.name,
                "it holds dates; it can be taken as days since 1970", column.name + "=number");
    } else {
      leave_out(selection.left_out, table, options, column.name, "its values are text");
    }
  }
  check_names(table, options, taken, selection);
  return selection;
}

}  // namespace tessera::features
