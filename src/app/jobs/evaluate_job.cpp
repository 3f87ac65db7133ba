#include "app/jobs/jobs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "tessera/app/files.hpp"
#include "tessera/app/job_observer.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/model/model.hpp"
#include "tessera/pipeline/evaluate.hpp"
#include "tessera/pipeline/input.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

constexpr const char* kNotDefined = "not defined";

nlohmann::json or_null(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

std::string or_undefined(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : kNotDefined;
}

nlohmann::json to_json(const std::optional<quality::Silhouette>& silhouette) {
  if (!silhouette) {
    return {{"value", nullptr}, {"standard_error", nullptr}, {"variant", nullptr}, {"rows", 0}};
  }
  nlohmann::json segments = nlohmann::json::array();
  for (const std::optional<double>& value : silhouette->segments) {
    segments.push_back(or_null(value));
  }
  return {{"value", silhouette->value},
          {"standard_error", silhouette->standard_error},
          {"variant", silhouette->exact ? "exact" : "sampled"},
          {"rows", silhouette->rows},
          {"segments", segments}};
}

nlohmann::json to_json(const model::Model& model, const pipeline::EvaluateResult& e) {
  nlohmann::json agreement = nlohmann::json::object();
  for (const pipeline::LabelAgreement& label : e.labels) {
    using Value = std::optional<double>;
    agreement[label.name] = {
        {"ari", or_null(label.agreement ? Value(label.agreement->ari) : std::nullopt)},
        {"nmi", or_null(label.agreement ? Value(label.agreement->nmi) : std::nullopt)},
        {"groups", label.groups},
        {"missing", label.missing}};
  }
  return {{"rows", e.rows},
          {"segments", e.sizes.size()},
          {"inertia", e.inertia},
          {"sizes", e.sizes},
          {"digest", model.digest()},
          {"imputed", e.counts.imputed},
          {"unseen", e.counts.unseen},
          {"silhouette", to_json(e.silhouette)},
          {"calinski_harabasz", or_null(e.spread.calinski_harabasz)},
          {"davies_bouldin", or_null(e.spread.davies_bouldin)},
          {"agreement", agreement}};
}

std::string silhouette_text(const std::optional<quality::Silhouette>& silhouette) {
  if (!silhouette) {
    return kNotDefined;
  }
  if (silhouette->exact) {
    return fmt::format("{:.4f}  (exact)", silhouette->value);
  }
  return fmt::format("{:.4f} ± {:.4f}  (standard error; {} sampled rows against all)",
                     silhouette->value, silhouette->standard_error, grouped(silhouette->rows));
}

std::string report(const std::string& table, const model::Model& model,
                   const pipeline::EvaluateResult& e) {
  std::string text = fmt::format("\n{}: {} rows in {} segments, {} missing cells imputed\n\n",
                                 table, grouped(e.rows), e.sizes.size(), grouped(e.counts.imputed));
  text +=
      fmt::format("{:>7}  {:>13}  {:>7}  {:>10}\n", "segment", "customers", "share", "silhouette");
  for (std::size_t s = 0; s < e.sizes.size(); ++s) {
    const bool known = e.silhouette && e.silhouette->segments[s];
    text += fmt::format("{:>7}  {:>13}  {:>5.1f} %  {:>10}\n", s + 1, grouped(e.sizes[s]),
                        100 * static_cast<double>(e.sizes[s]) / static_cast<double>(e.rows),
                        known ? fmt::format("{:.4f}", *e.silhouette->segments[s]) : "-");
  }
  text += fmt::format(
      "\n"
      "inertia            {:.8g}\n"
      "silhouette         {}\n"
      "Calinski-Harabasz  {}  (higher is better)\n"
      "Davies-Bouldin     {}  (lower is better)\n",
      e.inertia, silhouette_text(e.silhouette), or_undefined(e.spread.calinski_harabasz),
      or_undefined(e.spread.davies_bouldin));
  for (const pipeline::LabelAgreement& label : e.labels) {
    text += fmt::format("agreement with {}: ", label.name);
    text += label.agreement ? fmt::format(
                                  "adjusted Rand index {:.4f}, normalised mutual "
                                  "information {:.4f}, {} groups",
                                  label.agreement->ari, label.agreement->nmi, label.groups)
                            : kNotDefined;
    text += label.missing > 0
                ? fmt::format(" ({} rows without a value left out)\n", grouped(label.missing))
                : "\n";
  }
  return text + fmt::format("digest             {}\n", model.digest());
}

class EvaluateJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "evaluate"; }
  [[nodiscard]] std::string summary() const override {
    return "measure how good a model's segments are on a table";
  }

  void list_options(Options& options) override {
    options.group("Data").add(input_, kInput).add(model_, kModel);
    options.add(options_.label, pipeline::EvaluateOptions::kLabel);
    options.group("Reading text").add(read_);
    options.group("Silhouette").add(options_.silhouette);
  }

  void check() const override {
    require("input", input_);
    table::check(read_);
    require("model", model_);
  }

  nlohmann::json run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    JobObserver observer(context.console, context.timings);
    std::unique_ptr<table::Table> table;
    model::Model model;
    std::optional<pipeline::Evaluation> evaluation;
    {
      const pipeline::Section section(observer, "open");
      table = pipeline::open_input(comm, input_, read_, observer);
      model = model::load(comm, model_);
      pipeline::EvaluateOptions options = options_;
      options.silhouette.seed = context.options.seed;
      evaluation.emplace(comm, *table, model, std::move(options));
    }
    if (context.options.dry_run) {
      return describe(context, *table, model);
    }
    const pipeline::EvaluateResult result = evaluation->run(observer);
    context.console.print(report(table->name(), model, result));
    return to_json(model, result);
  }

 private:
  nlohmann::json describe(Context& context, const table::Table& table,
                          const model::Model& model) const {
    const bool exact = table.rows() <= options_.silhouette.exact_rows;
    context.console.print(fmt::format(
        "would evaluate {} segments on {} rows of {}, with {} silhouette\n", model.segments(),
        grouped(table.rows()), table.name(), exact ? "an exact" : "a sampled"));
    return {{"dry_run", true},
            {"rows", table.rows()},
            {"segments", model.segments()},
            {"silhouette", {{"variant", exact ? "exact" : "sampled"}}}};
  }

  std::string input_;
  table::ReadOptions read_;
  std::string model_;
  pipeline::EvaluateOptions options_;
};

}  // namespace

std::unique_ptr<Job> make_evaluate_job() { return std::make_unique<EvaluateJob>(); }

}  // namespace tessera::app
