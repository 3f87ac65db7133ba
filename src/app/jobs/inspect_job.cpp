#include "app/jobs/jobs.hpp"

#include <nlohmann/json.hpp>

#include "tessera/app/files.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/model/model.hpp"
#include "tessera/report/summary.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

std::string model_text(const model::Model& model, const std::string& path) {
  const model::Training& t = model.training;
  std::string text = fmt::format(
      "{}: a model of {} segments\n\n"
      "  trained     on {} rows, seed {}, {} seeding, {} restart{}\n"
      "  result      inertia {:.10g}, {} iterations, {}\n"
      "  digest      {}\n",
      path, model.segments(), grouped(t.rows), t.seed,
      t.options.contains("init") ? t.options.at("init") : "-", t.restarts,
      t.restarts == 1 ? "" : "s", model.segmentation->inertia(), t.iterations,
      t.converged ? "converged" : "not converged", model.digest());
  for (const auto& [key, value] : model.provenance) {
    text += fmt::format("  {:<10}  {}\n", key, value);
  }
  text += "\nfeatures\n";
  for (const features::NumericFeature& feature : model.recipe.numeric) {
    std::string steps;
    for (const features::FittedStep& step : feature.steps) {
      steps += (steps.empty() ? "" : ", then ") + step.kind->describe(step.numbers);
    }
    text += fmt::format("  {}: {}\n", feature.column, steps);
  }
  for (const features::CategoryFeature& feature : model.recipe.categories) {
    text += fmt::format("  {}: one of {} levels, missing as \"{}\"\n", feature.column,
                        feature.levels.size(), feature.levels[feature.impute]);
  }
  const std::string more = model.segmentation->describe();
  return text + "\n" + report::segment_table(model, 5) + (more.empty() ? "" : "\n" + more);
}

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
    const auto names = step.kind->numbers();
    for (std::size_t i = 0; i < names.size(); ++i) {
      fitted[std::string(names[i])] = step.numbers.at(i);
    }
    steps.push_back(std::move(fitted));
  }
  return steps;
}

nlohmann::json model_json(const model::Model& model) {
  const model::Training& t = model.training;
  nlohmann::json features = nlohmann::json::array();
  for (const features::NumericFeature& feature : model.recipe.numeric) {
    features.push_back({{"column", feature.column},
                        {"type", "number"},
                        {"impute", feature.impute()},
                        {"log1p", feature.find("log1p") != nullptr},
                        {"offset", feature.steps.back().numbers.at(0)},
                        {"divisor", feature.steps.back().numbers.at(1)},
                        {"steps", steps_json(feature)}});
  }
  for (const features::CategoryFeature& feature : model.recipe.categories) {
    features.push_back({{"column", feature.column},
                        {"type", "category"},
                        {"impute", feature.levels[feature.impute]},
                        {"levels", feature.levels}});
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
  ToJson to_json(json);
  model.segmentation->visit(to_json);
  return json;
}

std::string table_text(const table::Table& table) {
  std::string text = fmt::format("{}: a table of {} rows and {} columns\n\n", table.name(),
                                 grouped(table.rows()), table.columns().size());
  for (const table::Column& column : table.columns()) {
    text += fmt::format("  {:<30}  {}", column.name, table::to_string(column.type));
    if (column.type == table::ColumnType::kCategory) {
      text += fmt::format(" of {} levels", column.levels.size());
    }
    text += '\n';
  }
  return text;
}

nlohmann::json table_json(const table::Table& table) {
  nlohmann::json columns = nlohmann::json::array();
  for (const table::Column& column : table.columns()) {
    nlohmann::json entry = {{"name", column.name}, {"type", table::to_string(column.type)}};
    if (column.type == table::ColumnType::kCategory) {
      entry["levels"] = column.levels;
    }
    columns.push_back(std::move(entry));
  }
  return {{"kind", "table"}, {"rows", table.rows()}, {"columns", columns}};
}

class InspectJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "inspect"; }
  [[nodiscard]] std::string summary() const override { return "say what is in a table or a model"; }
  [[nodiscard]] bool only_looks() const override { return true; }
  [[nodiscard]] std::string positional() const override { return "input"; }

  void list_options(Options& options) override {
    options.group("Data")
        .add(input_, {.name = "input", .value = "FILE", .help = "a model or a table"})
        .add(digest_, {.name = "digest",
                       .help = "print the SHA-256 of what a model means, and nothing else"});
  }

  void check() const override { require("input", input_); }

  nlohmann::json run(Context& context) override {
    if (model::is_model(context.comm, input_)) {
      const model::Model model = model::load(context.comm, input_);
      if (digest_) {
        context.console.answer(model.digest() + "\n");
        return {{"digest", model.digest()}};
      }
      context.console.print(model_text(model, input_));
      return model_json(model);
    }
    const auto table = table::open_table(context.comm, input_);
    if (digest_) {
      fail(ExitCode::kBadData, "{}: a table; only a model has a digest", input_);
    }
    context.console.print(table_text(*table));
    return table_json(*table);
  }

 private:
  std::string input_;
  bool digest_ = false;
};

}  // namespace

std::unique_ptr<Job> make_inspect_job() { return std::make_unique<InspectJob>(); }

}  // namespace tessera::app
