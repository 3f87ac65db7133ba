// What a model reveals.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/model/small_groups.hpp"
#include "tessera/report/documents.hpp"

namespace tessera::report {
namespace {

/// How many customers have each level, as far as the profile tells: at least.
std::vector<std::uint64_t> customers_of(const model::CategoryProfile& column) {
  std::vector<std::uint64_t> customers(column.levels.size());
  for (std::size_t i = 0; i < column.counts.size(); ++i) {
    if (column.counts[i] != model::kHidden) {
      customers[i % column.levels.size()] += column.counts[i];
    }
  }
  return customers;
}

struct Levels {
  Table table = Table({{.title = "column", .width = 24, .left = true},
                       {.title = "levels", .width = 6},
                       {.title = "(other)", .width = 7},
                       {.title = "smallest named group", .left = true}},
                      "  ");
  nlohmann::json json = nlohmann::json::array();
  bool reveals = false;
};

/// A model that was trained with as great a threshold names no level of fewer.
Levels levels_of(const model::Model& model, std::uint64_t least) {
  Levels levels;
  for (std::size_t c = 0; c < model.recipe.categories.size(); ++c) {
    const features::CategoryFeature& feature = model.recipe.categories[c];
    const model::CategoryProfile& column = model.profile.categories[c];
    const bool has_other = feature.other_code() != features::kNoLevel;
    const std::vector<std::uint64_t> customers = customers_of(column);
    const auto smallest = std::ranges::min_element(customers);
    const bool named_all = model.training.min_group < 2;
    const bool small = named_all && smallest != customers.end() && *smallest < least;
    levels.reveals = levels.reveals || small || model.training.min_group < least;
    const std::uint64_t group =
        named_all && smallest != customers.end() ? *smallest : model.training.min_group;
    levels.table.row({{feature.column},
                      {fmt::format("{}", feature.levels.size())},
                      {has_other ? "yes" : "no"},
                      {named_all ? counted(group, "customer")
                                 : fmt::format("{} or more", counted(group, "customer"))}});
    levels.json.push_back({{"column", feature.column},
                           {"levels", feature.levels.size()},
                           {"has_other", has_other},
                           {"smallest_group", group}});
  }
  return levels;
}

/// Columns of which a step keeps the least and the greatest value, or ones near them.
std::vector<std::string> with_extremes(const features::Recipe& recipe) {
  constexpr std::array<std::string_view, 3> kKeepExtremes = {"minmax", "clip", "quantile-normal"};
  std::vector<std::string> columns;
  for (const features::NumericFeature& feature : recipe.numeric) {
    const features::DerivedColumn* const derived = recipe.derivation(feature.column);
    const bool keeps_date =
        derived != nullptr && derived->kind == features::Derivation::kDaysBefore;
    if (keeps_date || std::ranges::any_of(kKeepExtremes, [&](std::string_view step) {
          return feature.find(step) != nullptr;
        })) {
      columns.push_back(feature.column);
    }
  }
  return columns;
}

bool tells_means(const model::Profile& profile, std::size_t segment) {
  return std::ranges::any_of(profile.numeric, [&](const model::NumericProfile& column) {
    return std::isfinite(column.means[segment]);
  });
}

}  // namespace

Document privacy(const model::Model& model, const std::string& path, std::uint64_t min_group) {
  Document document;
  document.text(fmt::format("{}: what it reveals of fewer than {} customers\n\n", path, min_group));
  Levels levels = levels_of(model, min_group);
  if (!model.recipe.categories.empty()) {
    document.text("levels, as the model knows them\n").add(levels.table).text("\n");
  }
  nlohmann::json small = nlohmann::json::array();
  std::string lines;
  for (std::size_t s = 0; s < model.segments(); ++s) {
    const std::uint64_t size = model.sizes()[s];
    if (size >= min_group) {
      continue;
    }
    const bool means = tells_means(model.profile, s);
    small.push_back({{"segment", s + 1}, {"customers", size}, {"means", means}});
    lines +=
        fmt::format("  segment {} has {}: its centroid is {}{}\n", s + 1, counted(size, "customer"),
                    size == 1 ? "that customer's prepared values" : "the mean of so few",
                    means ? ", and so are the means of its profile" : "");
  }
  document.text(lines.empty() ? fmt::format("no segment has fewer than {} customers\n", min_group)
                              : "small segments\n" + lines);
  if (!lines.empty()) {
    document.text(
        "  scoring needs the centroids; ask for fewer segments, or keep the model as you "
        "keep the customers\n");
  }
  const std::vector<std::string> extremes = with_extremes(model.recipe);
  if (!extremes.empty()) {
    document.text(
        fmt::format("\nminmax, clip, quantile-normal and days-before keep extreme values of {}\n",
                    join_names(extremes)));
  }
  std::vector<std::string> provenance;
  for (const auto& [key, value] : model.provenance) {
    provenance.push_back(key);
  }
  document.text(
      fmt::format("\nit names where it was made: {}\n{}", fmt::join(provenance, ", "),
                  model.recipe.id_column.empty()
                      ? "it knows no column of ids\n"
                      : fmt::format("it names the column of ids, \"{}\", and holds no id\n",
                                    model.recipe.id_column)));
  if (!model.recipe.weight_column.empty()) {
    document.text(visible_format(
        "rows were weighed by column \"{}\": few heavy ones may make the means of many\n",
        model.recipe.weight_column));
  }
  return document.set(
      {{"kind", "model"},
       {"min_group", min_group},
       {"trained_with_min_group", std::max<std::uint64_t>(1, model.training.min_group)},
       {"levels", std::move(levels.json)},
       {"names_small_levels", levels.reveals},
       {"small_segments", std::move(small)},
       {"columns_with_extremes", extremes},
       {"provenance", provenance}});
}

}  // namespace tessera::report
