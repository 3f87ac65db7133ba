#include "app/column_sections.hpp"

#include <algorithm>

#include "tessera/base/error.hpp"

namespace tessera::app {
namespace {

constexpr std::string_view kByName = "column ";
constexpr std::string_view kBySelector = "columns ";

std::string name_text(const std::string& name) { return name.empty() ? "\"\"" : ini_value(name); }

}  // namespace

void take_column_steps(const IniEntry& entry, const std::string& path,
                       features::FitOptions& options) {
  const std::string where = fmt::format("{}: line {}: [{}]", path, entry.line, entry.section);
  const bool by_name = entry.section.starts_with(kByName);
  if (!by_name && !entry.section.starts_with(kBySelector)) {
    fail(ExitCode::kConfig,
         "{}: there is no such section; expected [column NAME] or [columns SELECTOR]", where);
  }
  std::string selector = entry.section.substr(by_name ? kByName.size() : kBySelector.size());
  if (!by_name && selector != "numeric" && selector != "category" &&
      selector.find_first_of("*?[") == std::string::npos) {
    fail(ExitCode::kConfig,
         "{}: expected numeric, category or a pattern such as amount_*; one column is [column {}]",
         where, selector);
  }
  if (entry.key != "steps") {
    fail(ExitCode::kConfig,
         "{}: '{}': the section has steps = ... alone; options stand above the first section",
         where, entry.key);
  }
  if (entry.value.empty()) {
    fail(ExitCode::kConfig, "{}: steps are empty; none keeps numbers as they are", where);
  }
  if (std::ranges::any_of(options.columns, [&](const features::ColumnSteps& other) {
        return other.by_name == by_name && other.selector == selector;
      })) {
    fail(ExitCode::kConfig, "{}: steps are given more than once", where);
  }
  options.columns.push_back({selector, entry.value, by_name, where});
}

std::string column_sections(const features::FitOptions& options) {
  std::string text;
  for (const features::ColumnSteps& own : options.columns) {
    text += fmt::format("\n[{}{}]\nsteps = {}\n", own.by_name ? kByName : kBySelector,
                        name_text(own.selector), ini_value(own.steps));
  }
  return text;
}

nlohmann::json column_sections_json(const features::FitOptions& options) {
  nlohmann::json sections = nlohmann::json::array();
  for (const features::ColumnSteps& own : options.columns) {
    sections.push_back({{own.by_name ? "column" : "columns", own.selector}, {"steps", own.steps}});
  }
  return sections;
}

}  // namespace tessera::app
