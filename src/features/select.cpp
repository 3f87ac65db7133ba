// Which columns of a table are to be features, and by which steps.
#include "features/select.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "tessera/base/error.hpp"
#include "tessera/features/components.hpp"
#include "tessera/features/retyped_table.hpp"

namespace tessera::features {
namespace {

using table::Column;
using table::ColumnType;

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// The columns that `features` names, or all but id and ignored ones.
std::vector<std::size_t> wanted_columns(const table::Table& table, const FitOptions& options) {
  std::vector<std::size_t> wanted;
  for (const std::string& name : options.features) {
    const std::size_t column = table.find(name);
    if (name == options.id || contains(options.ignore, name)) {
      fail_about("features", ExitCode::kUsage, "column \"{}\" cannot be a feature and {} as well",
                 name, name == options.id ? "the id" : "ignored");
    }
    if (std::ranges::find(wanted, column) != wanted.end()) {
      fail_about("features", ExitCode::kUsage, "column \"{}\" is named twice", name);
    }
    wanted.push_back(column);
  }
  for (std::size_t i = 0; i < table.columns().size() && options.features.empty(); ++i) {
    const std::string& name = table.columns()[i].name;
    if (name != options.id && !contains(options.ignore, name)) {
      wanted.push_back(i);
    }
  }
  return wanted;
}

/// NAME and TYPE of "NAME=TYPE".
std::pair<std::string, std::string> parts_of(const std::string& as) {
  const auto equals = as.rfind('=');
  return equals == std::string::npos ? std::pair(as, std::string())
                                     : std::pair(as.substr(0, equals), as.substr(equals + 1));
}

bool is_pattern(const std::string& selector) {
  return selector.find_first_of("*?[") != std::string::npos;
}

std::string column_part(const std::string& as) { return parts_of(as).first; }

/// How specific a selector that takes the column is: the larger the more; nothing if it does not.
std::optional<std::size_t> match(const ColumnSteps& steps, const std::string& column,
                                 bool is_category) {
  constexpr std::size_t kByName = 1'000'000;
  if (steps.by_name || steps.selector == column) {
    return steps.selector == column ? std::optional(kByName) : std::nullopt;
  }
  if (steps.selector == (is_category ? "category" : "numeric")) {
    return 0;
  }
  if (is_pattern(steps.selector) && fnmatch(steps.selector.c_str(), column.c_str(), 0) == 0) {
    return 1 + steps.selector.size() -
           static_cast<std::size_t>(std::ranges::count(steps.selector, '*'));
  }
  return std::nullopt;
}

/// The most specific of those that take the column, the last of them; null if none does.
const ColumnSteps* steps_of(const FitOptions& options, const std::string& column,
                            bool is_category) {
  const ColumnSteps* best = nullptr;
  std::size_t best_match = 0;
  for (const ColumnSteps& steps : options.columns) {
    const auto found = match(steps, column, is_category);
    if (found && (best == nullptr || *found >= best_match)) {
      best = &steps;
      best_match = *found;
    }
  }
  return best;
}

/// Throws kConfig if the steps are no chain for a column of either type that they may be for.
void check_steps(const ColumnSteps& own) {
  const bool only_categories = !own.by_name && own.selector == "category";
  try {
    (void)parse_chain(own.steps, only_categories);
  } catch (const Error& error) {
    try {
      if (!only_categories && (own.by_name || own.selector != "numeric")) {
        (void)parse_chain(own.steps, true);
        return;
      }
    } catch (const Error&) {
    }
    throw Error(ExitCode::kConfig, fmt::format("{}: {}", own.where, error.what()));
  }
}

/// Of a numeric column without steps of its own.
std::string usual_steps(const FitOptions& options, bool log1p) {
  return (options.clip.empty() ? "" : "clip " + options.clip + ", ") + (log1p ? "log1p, " : "") +
         options.scale;
}

std::size_t column_of(const table::Table& table, const ColumnSteps& own) {
  try {
    return table.find(own.selector);
  } catch (const Error& error) {
    throw Error(ExitCode::kConfig, fmt::format("{}: {}", own.where, error.what()));
  }
}

void check_names(const table::Table& table, const FitOptions& options, const Selection& selection) {
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
      if (!is_in(selection.numeric, column) && !is_in(selection.categories, column)) {
        fail(ExitCode::kConfig, "{}: {}: column \"{}\" is not a feature", steps.where, table.name(),
             steps.selector);
      }
    } else if (is_pattern(steps.selector) &&
               std::ranges::none_of(table.columns(), [&](const Column& column) {
                 return match(steps, column.name, false).has_value();
               })) {
      fail(ExitCode::kConfig, "{}: {} has no column that this matches", steps.where, table.name());
    }
  }
  for (const std::size_t i : selection.numeric) {
    (void)chain_of(options, table.columns()[i].name, false);
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
  for (const std::string& as : options.columns_as) {
    const auto [column, type] = parts_of(as);
    if (column.empty() || (type != "number" && type != "category" && type != "text")) {
      fail_about("columns_as", ExitCode::kUsage,
                 "columns_as {}: expected NAME=number, NAME=category or NAME=text", as);
    }
    if (std::ranges::count(options.columns_as, column, column_part) > 1) {
      fail_about("columns_as", ExitCode::kUsage, "column \"{}\" is named twice", column);
    }
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
  if (!options.features.empty()) {
    fail_about("features", ExitCode::kBadData,
               "{}: column \"{}\" cannot be a feature: {}; take it out", table.name(), column,
               reason);
  }
  left_out.push_back({column, reason, take_in});
}

Chain chain_of(const FitOptions& options, const std::string& column, bool is_category) {
  const ColumnSteps* const own = steps_of(options, column, is_category);
  if (own == nullptr) {
    const bool log1p = contains(options.log1p, column);
    return parse_chain(is_category ? "" : usual_steps(options, log1p), is_category);
  }
  if (contains(options.log1p, column)) {
    fail_about("log1p", ExitCode::kUsage,
               "column \"{}\" has steps of its own ({}); write log1p among these", column,
               own->where);
  }
  try {
    return parse_chain(own->steps, is_category);
  } catch (const Error& error) {
    throw Error(ExitCode::kConfig,
                fmt::format("{}: column \"{}\": {}", own->where, column, error.what()));
  }
}

SaidType said_type(const FitOptions& options, const std::string& column) {
  SaidType said = SaidType::kNothing;
  for (const std::string& as : options.columns_as) {
    if (const auto [name, type] = parts_of(as); name == column) {
      said = type == "number"     ? SaidType::kNumber
             : type == "category" ? SaidType::kCategory
                                  : SaidType::kText;
    }
  }
  return said;
}

bool is_said_number(const FitOptions& options, const std::string& column) {
  return said_type(options, column) == SaidType::kNumber || contains(options.log1p, column) ||
         std::ranges::any_of(options.columns, [&](const ColumnSteps& own) {
           return own.by_name && own.selector == column;
         });
}

bool is_asked_for(const FitOptions& options, const std::string& column) {
  return contains(options.features, column) || is_said_number(options, column) ||
         said_type(options, column) != SaidType::kNothing;
}

std::unique_ptr<table::Table> as_typed(const table::Table& table, const FitOptions& options) {
  auto typed = std::make_unique<RetypedTable>(table);
  for (const std::string& as : options.columns_as) {
    const std::string name = parts_of(as).first;
    if (const std::size_t column = table.find(name);
        said_type(options, name) == SaidType::kNumber) {
      typed->take_as_number(column);
    }
  }
  for (const std::string& name : options.features) {
    const std::size_t column = table.find(name);
    if (table.columns()[column].is_date() && said_type(options, name) == SaidType::kNothing) {
      typed->take_as_number(column);
    }
  }
  return typed;
}

Selection select_columns(const table::Table& table, const FitOptions& options) {
  Selection selection;
  for (const std::string& name : options.ignore) {
    (void)table.find(name);
  }
  if (!options.id.empty()) {
    (void)table.find(options.id);
  }
  for (const std::size_t i : wanted_columns(table, options)) {
    const Column& column = table.columns()[i];
    const SaidType said = said_type(options, column.name);
    if (said == SaidType::kText) {
      leave_out(selection.left_out, table, options, column.name, "it is to be taken as text");
    } else if (said == SaidType::kNumber && !column.is_number()) {
      throw std::logic_error("columns are to be selected of a table as_typed()");
    } else if (column.type == ColumnType::kCategory ||
               (said == SaidType::kCategory && column.is_number())) {
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
  check_names(table, options, selection);
  return selection;
}

}  // namespace tessera::features
