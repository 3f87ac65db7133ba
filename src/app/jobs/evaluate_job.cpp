#include "app/jobs/estimate_json.hpp"
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

nlohmann::json to_json(const pipeline::MeasuredIndex& measured) {
  const std::optional<quality::IndexValue>& value = measured.value;
  if (!measured.index->detailed) {
    return or_null(value ? std::optional(value->value) : std::nullopt);
  }
  if (!value) {
    return {{"value", nullptr}, {"standard_error", nullptr}, {"variant", nullptr}, {"rows", 0}};
  }
  nlohmann::json json = estimate_json(*value);
  json["segments"] = nlohmann::json::array();
  for (const std::optional<double>& of_segment : value->segments) {
    json["segments"].push_back(or_null(of_segment));
  }
  return json;
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
  nlohmann::json json = {
      {"rows", e.rows},           {"segments", e.sizes.size()},  {"sizes", e.sizes},
      {"digest", model.digest()}, {"imputed", e.counts.imputed}, {"unseen", e.counts.unseen},
      {"agreement", agreement}};
  for (const pipeline::MeasuredIndex& measured : e.indices) {
    json[std::string(measured.index->name)] = to_json(measured);
  }
  return json;
}

std::string text_of(const pipeline::MeasuredIndex& measured) {
  if (!measured.value) {
    return kNotDefined;
  }
  const quality::IndexValue& value = *measured.value;
  if (!measured.index->detailed) {
    return fmt::format("{:.{}g}  ({} is better)", value.value, measured.index->digits,
                       measured.index->better == quality::Better::kHigher ? "higher" : "lower");
  }
  if (value.variant == quality::Variant::kExact) {
    return fmt::format("{:.4f}  (exact)", value.value);
  }
  return fmt::format("{:.4f} ± {:.4f}  (standard error; {} sampled rows against all)", value.value,
                     value.standard_error, grouped(value.rows));
}

std::string report(const std::string& table, const model::Model& model,
                   const pipeline::EvaluateResult& e) {
  std::string text = fmt::format("\n{}: {} rows in {} segments, {} missing cells imputed\n\n",
                                 table, grouped(e.rows), e.sizes.size(), grouped(e.counts.imputed));
  text +=
      fmt::format("{:>7}  {:>13}  {:>7}  {:>10}\n", "segment", "customers", "share", "silhouette");
  const std::optional<quality::IndexValue>& silhouette = e.index("silhouette").value;
  for (std::size_t s = 0; s < e.sizes.size(); ++s) {
    const bool known = silhouette && silhouette->segments[s];
    text += fmt::format("{:>7}  {:>13}  {:>5.1f} %  {:>10}\n", s + 1, grouped(e.sizes[s]),
                        100 * static_cast<double>(e.sizes[s]) / static_cast<double>(e.rows),
                        known ? fmt::format("{:.4f}", *silhouette->segments[s]) : "-");
  }
  text += '\n';
  std::size_t width = 0;
  for (const pipeline::MeasuredIndex& measured : e.indices) {
    width = std::max(width, measured.index->title.size());
  }
  for (const pipeline::MeasuredIndex& measured : e.indices) {
    text += fmt::format("{:<{}}  {}\n", measured.index->title, width, text_of(measured));
  }
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
  return text + fmt::format("{:<{}}  {}\n", "digest", width, model.digest());
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
