#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/summary.hpp"
#include "tessera/base/dates.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/model/small_groups.hpp"
#include "tessera/report/documents.hpp"

namespace tessera::report {
namespace {

/// What a segmentation lists, under the same names.
class ToJson final : public cluster::ValueVisitor {
 public:
  explicit ToJson(nlohmann::json& json) : json_(json) {}

  void number(std::string_view name, std::uint64_t value) override { at(name) = value; }
  void number(std::string_view name, double value) override { at(name) = value; }
  void array(std::string_view name, std::span<const float> values, std::size_t width) override {
    add(name, values, width);
  }
  void array(std::string_view name, std::span<const double> values, std::size_t width) override {
    add(name, values, width);
  }
  void array(std::string_view name, std::span<const std::uint64_t> values,
             std::size_t width) override {
    add(name, values, width);
  }

 private:
  nlohmann::json& at(std::string_view name) {
    return json_[nlohmann::json::json_pointer(fmt::format("/{}", name))];
  }
  template <typename T>
  void add(std::string_view name, std::span<const T> values, std::size_t width) {
    nlohmann::json& rows = at(name) = nlohmann::json::array();
    for (std::size_t i = 0; i < values.size(); i += width) {
      rows.push_back(width == 1 ? nlohmann::json(values[i])
                                : nlohmann::json(values.subspan(i, width)));
    }
  }

  nlohmann::json& json_;
};

nlohmann::json steps_json(const features::NumericFeature& feature) {
  nlohmann::json steps = nlohmann::json::array();
  for (const features::FittedStep& step : feature.steps) {
    nlohmann::json fitted = {{"step", step.kind->name()}};
    if (!step.argument.empty()) {
      fitted["argument"] = step.argument;
    }
    const auto names = step.kind->numbers(step.argument);
    for (std::size_t i = 0; i < names.size(); ++i) {
      fitted[names[i]] = step.numbers.at(i);
    }
    steps.push_back(std::move(fitted));
  }
  return steps;
}

/// What is hidden of the model when it is shown.
model::Model without_small_groups(model::Model model, std::uint64_t min_group) {
  std::uint64_t& least = model.training.min_group;
  least = std::max(least, model::min_group_of(min_group, model.training.rows));
  model::hide_small_groups(model.profile, model.sizes(), least);
  return model;
}

/// A centroid is the mean of its customers. That of a single hidden one would follow from the
/// others and the mean of all: then that of the next smallest segment is hidden as well.
void hide_centroids(nlohmann::json& json, const model::Model& model) {
  const auto centroids = json.find("centroids");
  if (centroids == json.end()) {
    return;
  }
  std::vector<std::size_t> order(std::min(model.segments(), centroids->size()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::reverse(order);
  std::ranges::stable_sort(order, {}, [&](std::size_t s) { return model.sizes()[s]; });
  std::size_t hidden = 0;
  for (const std::size_t s : order) {  // smallest first
    const bool small = model.sizes()[s] < model.training.min_group;
    if (small || hidden == 1) {
      (*centroids)[s] = nullptr;
      ++hidden;
    }
  }
}

nlohmann::json derived_json(const features::DerivedColumn& column) {
  nlohmann::json json = {{"kind", features::name_of(column.kind)}, {"columns", column.columns}};
  if (features::has_reference(column.kind)) {
    json["reference"] = date_text(static_cast<std::int64_t>(column.reference));
  }
  return json;
}

nlohmann::json components_json(const features::Recipe& recipe) {
  nlohmann::json list = nlohmann::json::array();
  for (std::size_t k = 0; k < recipe.components.count(); ++k) {
    nlohmann::json loadings;
    for (std::size_t j = 0; j < recipe.numeric.size(); ++j) {
      loadings[recipe.numeric[j].column] = recipe.components.loading(k, j);
    }
    list.push_back({{"variance", recipe.components.variances[k]},
                    {"share", recipe.components.share(k)},
                    {"loadings", std::move(loadings)}});
  }
  return list;
}

nlohmann::json model_json(const model::Model& model) {
  const model::Training& t = model.training;
  nlohmann::json features = nlohmann::json::array();
  for (const features::NumericFeature& feature : model.recipe.numeric) {
    features.push_back({{"column", feature.column},
                        {"type", "number"},
                        {"impute", feature.impute()},
                        {"log1p", feature.find("log1p") != nullptr},
                        {"offset", feature.scale().numbers.at(0)},
                        {"divisor", feature.scale().numbers.at(1)},
                        {"steps", steps_json(feature)}});
    if (const features::DerivedColumn* const derived = model.recipe.derivation(feature.column)) {
      features.back()["derived"] = derived_json(*derived);
    }
  }
  for (const features::CategoryFeature& feature : model.recipe.categories) {
    features.push_back({{"column", feature.column},
                        {"type", "category"},
                        {"impute", feature.levels[feature.impute]},
                        {"levels", feature.levels},
                        {"buckets", feature.buckets},
                        {"weight", feature.factor * feature.factor}});
  }
  nlohmann::json json = {{"kind", "model"},
                         {"rows", t.rows},
                         {"method", model.segmentation->method()},
                         {"iterations", t.iterations},
                         {"converged", t.converged},
                         {"digest", model.digest()},
                         {"seed", t.seed},
                         {"features", features},
                         {"provenance", model.provenance}};
  if (!model.recipe.weight_column.empty()) {
    json["weight_column"] = model.recipe.weight_column;
  }
  if (!model.recipe.components.none()) {
    json["components"] = components_json(model.recipe);
  }
  ToJson to_json(json);
  model.segmentation->visit(to_json);
  hide_centroids(json, model);
  return json;
}

std::string weight_of(const features::CategoryFeature& feature) {
  return feature.factor == 1
             ? ""
             : fmt::format(", then of weight {:.6g}", feature.factor * feature.factor);
}

Lines features_of(const features::Recipe& recipe) {
  Lines lines(0, "  ");
  for (const features::NumericFeature& feature : recipe.numeric) {
    const features::DerivedColumn* const derived = recipe.derivation(feature.column);
    std::string steps = derived == nullptr ? "" : describe(*derived);
    for (const features::FittedStep& step : feature.steps) {
      steps += (steps.empty() ? "" : ", then ") + step.kind->describe_fitted(step);
    }
    lines.line(feature.column, steps);
  }
  for (const features::CategoryFeature& feature : recipe.categories) {
    const bool has_other = feature.other_code() != features::kNoLevel;
    lines.line(feature.column,
               fmt::format("one of {} {}{}, missing as \"{}\"{}", feature.levels.size(),
                           feature.buckets == 0 ? "levels" : "buckets of hashed levels",
                           has_other ? ", rare and unknown ones as \"(other)\"" : "",
                           feature.levels[feature.impute], weight_of(feature)));
  }
  return lines;
}

/// The features that a component follows most, with their loadings: those of half the largest one
/// or more.
std::string strongest(const features::Recipe& recipe, std::size_t k) {
  constexpr std::size_t kListed = 5;
  const auto size = [&](std::size_t j) { return std::fabs(recipe.components.loading(k, j)); };
  std::vector<std::size_t> order(recipe.numeric.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), size);
  std::string text;
  for (std::size_t i = 0; i < std::min(kListed, order.size()); ++i) {
    if (2 * size(order[i]) >= size(order[0])) {
      text += fmt::format("{}{} {:+.2f}", text.empty() ? "" : ", ", recipe.numeric[order[i]].column,
                          recipe.components.loading(k, order[i]));
    }
  }
  return text;
}

Table components_of(const features::Recipe& recipe) {
  Table table({{.title = "component", .width = 9},
               {.title = "variance", .width = 10},
               {.title = "together", .width = 10},
               {.title = "strongest loadings", .left = true}},
              "  ");
  double sum = 0;
  for (std::size_t k = 0; k < recipe.components.count(); ++k) {
    sum += recipe.components.share(k);
    table.row({{fmt::format("{}", k + 1)},
               {fmt::format("{:.1f} %", 100 * recipe.components.share(k))},
               {fmt::format("{:.1f} %", 100 * sum)},
               {strongest(recipe, k)}});
  }
  return table;
}

}  // namespace

Document describe(const model::Model& whole, const std::string& path, std::uint64_t min_group) {
  const model::Model model = without_small_groups(whole, min_group);
  const model::Training& t = model.training;
  Lines about(10, "  ");
  const auto init = t.options.find("init");
  about.line("trained", fmt::format("on {} by {}, seed {}, {}{}{}", counted(t.rows, "row"),
                                    model.segmentation->method(), t.seed,
                                    init == t.options.end() ? "" : init->second + " seeding, ",
                                    counted(t.restarts, is_split(model) ? "run" : "restart"),
                                    is_split(model) ? " of each split" : ""));
  if (!model.recipe.weight_column.empty()) {
    about.line("weights", "rows count as often as they weigh by column \"" +
                              model.recipe.weight_column + "\"");
  }
  about.line("result", fmt::format("inertia {:.10g}, {}, {}", model.segmentation->inertia(),
                                   counted(t.iterations, "iteration"), end_text(model)));
  about.line("digest", model.digest());
  for (const auto& [key, value] : model.provenance) {
    about.line(key, value);
  }
  Document document;
  document.text(visible_format("{}: a model of {} segments\n\n", path, model.segments()))
      .add(about)
      .text("\nfeatures\n")
      .add(features_of(model.recipe))
      .text("\n");
  if (!model.recipe.components.none()) {
    document.text("principal components of the numbers, which are segmented by in their place\n")
        .add(components_of(model.recipe))
        .text("\n");
  }
  document.text(segment_table(model, 5));
  if (const std::string more = model.segmentation->describe(); !more.empty()) {
    document.text("\n").text(more);
  }
  return document.set(model_json(model));
}

Document describe(const table::Table& table) {
  Table columns({{.title = "", .width = 30, .left = true}, {.title = "", .left = true}}, "  ");
  nlohmann::json list = nlohmann::json::array();
  for (const table::Column& column : table.columns()) {
    const bool is_category = column.type == table::ColumnType::kCategory;
    const std::string type = table::to_string(column.type);
    columns.row(
        {{column.name},
         {is_category ? fmt::format("{} of {} levels", type, column.levels.size()) : type}});
    nlohmann::json& entry = list.emplace_back();
    entry = {{"name", column.name}, {"type", type}};
    if (is_category) {
      entry["levels"] = column.levels;
    }
  }
  return Document()
      .text(visible_format("{}: a table of {} and {}\n\n", table.name(),
                           counted(table.rows(), "row"), counted(table.columns().size(), "column")))
      .add(columns)
      .set({{"kind", "table"}, {"rows", table.rows()}, {"columns", std::move(list)}});
}

Document add_verified(Document document, std::optional<std::uint64_t> compared) {
  document.text(compared ? fmt::format("\nverified: {} are as they were written\n",
                                       counted(*compared, "byte"))
                         : "\nverified: all could be read; it has no checksums of Tessera's\n");
  document.set("verified_bytes", compared ? nlohmann::json(*compared) : nlohmann::json());
  return document;
}

}  // namespace tessera::report
