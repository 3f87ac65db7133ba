#include "app/column_sections.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "tessera/base/error.hpp"

namespace tessera::app {
namespace {

constexpr std::string_view kByName = "column ";
constexpr std::string_view kBySelector = "columns ";
constexpr std::string_view kRatio = "ratio ";

struct Key {
  std::string_view name;
  std::string features::ColumnSteps::*member;
  std::string_view if_empty;
};
constexpr std::array kKeys = {
    Key{"steps", &features::ColumnSteps::steps, "none keeps numbers as they are"},
    Key{"weight", &features::ColumnSteps::weight, "1 is that of a usual column"},
    Key{"take", &features::ColumnSteps::take, "days-before, age DATE, weekday and month can be"},
};

void take_ratio(const IniEntry& entry, const std::string& where, features::FitOptions& options) {
  const std::string name = entry.section.substr(kRatio.size());
  if (entry.key != "of" || entry.value.empty()) {
    fail(ExitCode::kConfig, "{}: '{}': expected of = A / B, two columns of numbers", where,
         entry.key);
  }
  if (std::ranges::find(options.ratios, name, &features::Ratio::name) != options.ratios.end()) {
    fail(ExitCode::kConfig, "{}: the ratio is given more than once", where);
  }
  options.ratios.push_back({name, entry.value, where});
}

std::string name_text(const std::string& name) { return name.empty() ? "\"\"" : ini_value(name); }

}  // namespace

void take_column_steps(const IniEntry& entry, const std::string& path,
                       features::FitOptions& options) {
  const std::string where = fmt::format("{}: line {}: [{}]", path, entry.line, entry.section);
  const bool by_name = entry.section.starts_with(kByName);
  if (entry.section.starts_with(kRatio)) {
    return take_ratio(entry, where, options);
  }
  if (!by_name && !entry.section.starts_with(kBySelector)) {
    fail(ExitCode::kConfig,
         "{}: there is no such section; expected [column NAME], [columns SELECTOR] or [ratio NAME]",
         where);
  }
  std::string selector = entry.section.substr(by_name ? kByName.size() : kBySelector.size());
  if (!by_name && selector != "numeric" && selector != "category" && selector != "date" &&
      selector.find_first_of("*?[") == std::string::npos) {
    fail(ExitCode::kConfig,
         "{}: expected numeric, category, date or a pattern such as amount_*; one column is "
         "[column {}]",
         where, selector);
  }
  const auto* const key = std::ranges::find(kKeys, entry.key, &Key::name);
  if (key == kKeys.end()) {
    fail(ExitCode::kConfig,
         "{}: '{}': the section has steps = ..., weight = ... and take = ... alone; options stand "
         "above the first section",
         where, entry.key);
  }
  if (entry.value.empty()) {
    fail(ExitCode::kConfig, "{}: {} is empty; {}", where, key->name, key->if_empty);
  }
  auto own = std::ranges::find_if(options.columns, [&](const features::ColumnSteps& other) {
    return other.by_name == by_name && other.selector == selector;
  });
  if (own == options.columns.end()) {
    own = options.columns.insert(own, {selector, "", by_name, where});
  }
  std::string& value = *own.*key->member;
  if (!value.empty()) {
    fail(ExitCode::kConfig, "{}: {} stands there more than once", where, key->name);
  }
  value = entry.value;
}

std::string column_sections(const features::FitOptions& options) {
  std::string text;
  for (const features::ColumnSteps& own : options.columns) {
    text += fmt::format("\n[{}{}]\n", own.by_name ? kByName : kBySelector, name_text(own.selector));
    for (const Key& key : kKeys) {
      if (const std::string& value = own.*key.member; !value.empty()) {
        text += fmt::format("{} = {}\n", key.name, ini_value(value));
      }
    }
  }
  for (const features::Ratio& ratio : options.ratios) {
    text += fmt::format("\n[{}{}]\nof = {}\n", kRatio, name_text(ratio.name), ini_value(ratio.of));
  }
  return text;
}

nlohmann::json column_sections_json(const features::FitOptions& options) {
  nlohmann::json sections = nlohmann::json::array();
  for (const features::ColumnSteps& own : options.columns) {
    nlohmann::json section = {{own.by_name ? "column" : "columns", own.selector}};
    for (const Key& key : kKeys) {
      if (const std::string& value = own.*key.member; !value.empty()) {
        section[std::string(key.name)] = value;
      }
    }
    sections.push_back(std::move(section));
  }
  for (const features::Ratio& ratio : options.ratios) {
    sections.push_back({{"ratio", ratio.name}, {"of", ratio.of}});
  }
  return sections;
}

}  // namespace tessera::app
