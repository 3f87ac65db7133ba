#include "app/suggested_config.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "tessera/app/ini.hpp"
#include "tessera/app/options.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"

namespace tessera::app {
namespace {

constexpr std::uint64_t kSegments = 5;

std::string line(std::string_view name, const std::string& value) {
  return fmt::format("{} = {}\n", name, ini_value(value));
}

/// How the input is read, where that is not as usual.
std::string reading(const table::ReadOptions& read) {
  std::map<std::string, std::string> usual;
  const table::ReadOptions defaults;
  visit_fields(defaults, [&](const auto& member, const Field& field) {
    usual[std::string(field.name)] = field_text(member);
  });
  std::string text;
  visit_fields(read, [&](const auto& member, const Field& field) {
    if (const std::string value = field_text(member); value != usual[std::string(field.name)]) {
      text += line(Options::dashed(field.name), value);
    }
  });
  if (read.trust_input) {
    text += line(Options::dashed(table::ReadOptions::kTrustInput.name), "true");
  }
  if (!read.pseudonymise.empty()) {
    text += line(table::ReadOptions::kPseudonymise.name, read.pseudonymise);
  }
  return text;
}

/// A list of names cannot hold a double quote.
bool can_be_listed(const std::string& name) {
  return !name.empty() && name.find('"') == std::string::npos;
}

std::string ignored(const std::vector<pipeline::Suggestion::Column>& columns) {
  std::string text;
  std::vector<std::string> names;
  for (const pipeline::Suggestion::Column& column : columns) {
    if (can_be_listed(column.name)) {
      names.push_back(column.name);
      text += visible_format("#   {}: {}\n", column.name, column.reason);
    } else {
      text += visible_format("#   {}, whose name cannot stand in a list: {}\n", column.name,
                             column.reason);
    }
  }
  return text.empty() ? text
                      : fmt::format("\n# Left out, and why:\n{}{}", text,
                                    names.empty() ? "" : line("ignore", join_names(names)));
}

std::string categories(const std::vector<pipeline::Suggestion::Column>& columns) {
  std::string text;
  std::vector<std::string> names;
  for (const pipeline::Suggestion::Column& column : columns) {
    if (can_be_listed(column.name)) {
      names.push_back(column.name + "=category");
      text += visible_format("#   {}: {}\n", column.name, column.reason);
    }
  }
  return names.empty()
             ? text
             : fmt::format(
                   "\n# Codes are categories, counts are numbers. Name those that are codes:\n"
                   "{}# {}",
                   text, visible_lines(line("columns-as", join_names(names))));
}

std::string sections(const std::vector<pipeline::Suggestion::Column>& columns) {
  std::string text;
  for (const pipeline::Suggestion::Column& column : columns) {
    text += visible_format("\n# {}\n", column.reason);
    text +=
        fmt::format("[column {}]\nsteps = {}\n",
                    column.name.empty() ? "\"\"" : ini_value(column.name), ini_value(column.what));
  }
  return text;
}

}  // namespace

std::string suggested_config(const pipeline::CheckResult& found,
                             const pipeline::CheckOptions& options, const std::string& input,
                             const table::ReadOptions& read) {
  std::string text = visible_format(
      "# What 'tessera check' suggests for {}, {} of {}: a recipe to begin with.\n"
      "#\n"
      "#   tessera train --config THIS_FILE\n"
      "\n",
      input, counted(found.rows, "row"), counted(found.columns.size(), "column"));
  text += line("input", input) + reading(read) + line("output", "model.h5");
  if (!options.id.empty()) {
    text += line("id", options.id);
  }
  if (!options.weight.empty()) {
    text += line("weight", options.weight);
  }
  if (options.min_group != model::kMinGroup) {
    text += line("min-group", fmt::format("{}", options.min_group));
  }
  text += fmt::format(
      "\n# To be decided: how many segments a campaign can tell apart.\n"
      "segments = {}\n"
      "\n# Numbers that no section below is about: the median for what is missing, the mean off, "
      "divided by\n# the standard deviation.\n"
      "scale = standard\n",
      std::min(kSegments, found.rows));
  return text + ignored(found.suggestion.ignored) + categories(found.suggestion.categories) +
         sections(found.suggestion.steps);
}

}  // namespace tessera::app
