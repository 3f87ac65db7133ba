#include "app/jobs/jobs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "tessera/app/lists.hpp"
#include "tessera/app/options.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/cluster/assign.hpp"
#include "tessera/model/model.hpp"
#include "tessera/quality/agreement.hpp"
#include "tessera/quality/indices.hpp"
#include "tessera/quality/silhouette.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

namespace po = boost::program_options;

constexpr std::uint64_t kLabelBatch = 65'536;  // label cells that a rank reads at a time
constexpr const char* kNotDefined = "not defined";

/// How a column of known groups compares with the segments.
struct LabelColumn {
  std::string name;
  std::size_t groups = 0;
  std::uint64_t missing = 0;
  std::optional<quality::Agreement> agreement;
};

/// All that evaluate finds.
struct Evaluation {
  std::string digest;
  std::vector<std::uint64_t> sizes;
  features::PreparedCounts counts;
  double inertia = 0;
  quality::SpreadIndices spread;
  std::optional<quality::Silhouette> silhouette;
  std::vector<LabelColumn> labels;
};

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

nlohmann::json to_json(std::uint64_t rows, const Evaluation& e) {
  nlohmann::json agreement = nlohmann::json::object();
  for (const LabelColumn& label : e.labels) {
    using Value = std::optional<double>;
    agreement[label.name] = {
        {"ari", or_null(label.agreement ? Value(label.agreement->ari) : std::nullopt)},
        {"nmi", or_null(label.agreement ? Value(label.agreement->nmi) : std::nullopt)},
        {"groups", label.groups},
        {"missing", label.missing}};
  }
  return {{"rows", rows},
          {"segments", e.sizes.size()},
          {"inertia", e.inertia},
          {"sizes", e.sizes},
          {"digest", e.digest},
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

std::string report(const std::string& table, std::uint64_t rows, const Evaluation& e) {
  std::string text = fmt::format("\n{}: {} rows in {} segments, {} missing cells imputed\n\n",
                                 table, grouped(rows), e.sizes.size(), grouped(e.counts.imputed));
  text +=
      fmt::format("{:>7}  {:>13}  {:>7}  {:>10}\n", "segment", "customers", "share", "silhouette");
  for (std::size_t s = 0; s < e.sizes.size(); ++s) {
    const bool known = e.silhouette && e.silhouette->segments[s];
    text += fmt::format("{:>7}  {:>13}  {:>5.1f} %  {:>10}\n", s + 1, grouped(e.sizes[s]),
                        100 * static_cast<double>(e.sizes[s]) / static_cast<double>(rows),
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
  for (const LabelColumn& label : e.labels) {
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
  return text + fmt::format("digest             {}\n", e.digest);
}

class EvaluateJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "evaluate"; }
  [[nodiscard]] std::string summary() const override {
    return "measure how good a model's segments are on a table";
  }

  void add_options(po::options_description& options) override {
    po::options_description data("Data");
    auto add_data = data.add_options();
    add_data("input", value_of(input_, "FILE"),
             "table: FILE.h5, FILE.h5:/GROUP of 1-D datasets, or FILE.h5:/MATRIX");
    add_data("model", value_of(model_, "FILE.h5"), "the model that 'tessera train' wrote");
    add_data("label", value_of(label_, "A,B,..."),
             "columns of known groups to compare the segments with");
    po::options_description silhouette("Silhouette");
    auto add_silhouette = silhouette.add_options();
    add_silhouette("exact-rows", value_of(exact_rows_, "N"),
                   "up to this many rows it is exact, at a cost of N x N distances");
    add_silhouette("silhouette-sample", value_of(silhouette_sample_, "N"),
                   "above that: rows sampled, each against all rows");
    options.add(data).add(silhouette);
  }

  void check() const override {
    require("input", input_);
    require("model", model_);
    if (silhouette_sample_ < 1) {
      fail(ExitCode::kUsage, "--silhouette-sample 0: expected at least 1");
    }
  }

  nlohmann::json run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    std::unique_ptr<table::Table> table;
    model::Model model;
    std::optional<features::Preparer> preparer;
    std::vector<std::size_t> label_columns;
    {
      const auto section = context.timings.section("open");
      table = table::open_table(comm, input_);
      model = model::load(comm, model_);
      comm.together([&] {
        if (table->rows() == 0) {
          fail(ExitCode::kBadData, "{} has no rows to evaluate", table->name());
        }
        preparer.emplace(model.recipe, *table);
        for (const std::string& column : split_names(label_)) {
          label_columns.push_back(table->find(column));
        }
      });
    }
    if (context.options.dry_run) {
      return describe(context, *table, model);
    }
    const Evaluation evaluation = evaluate(context, *table, model, *preparer, label_columns);
    if (evaluation.counts.unseen > 0) {
      context.console.warn(
          "{} cells hold a category that training never saw; they count as none of the known ones",
          grouped(evaluation.counts.unseen));
    }
    context.console.print(report(table->name(), table->rows(), evaluation));
    return to_json(table->rows(), evaluation);
  }

 private:
  nlohmann::json describe(Context& context, const table::Table& table,
                          const model::Model& model) const {
    const bool exact = table.rows() <= exact_rows_;
    context.console.print(fmt::format(
        "would evaluate {} segments on {} rows of {}, with {} silhouette\n", model.segments(),
        grouped(table.rows()), table.name(), exact ? "an exact" : "a sampled"));
    return {{"dry_run", true},
            {"rows", table.rows()},
            {"segments", model.segments()},
            {"silhouette", {{"variant", exact ? "exact" : "sampled"}}}};
  }

  Evaluation evaluate(Context& context, const table::Table& table, const model::Model& model,
                      const features::Preparer& preparer,
                      const std::vector<std::size_t>& label_columns) const {
    const comm::Communicator& comm = context.comm;
    const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
    Evaluation result;
    result.digest = model.digest();
    features::FeatureRows rows(model.recipe.space(), 0, 0);
    std::vector<std::int32_t> labels;
    {
      const auto section = context.timings.section("prepare");
      comm.together([&] {
        rows = features::FeatureRows(model.recipe.space(), share.count, share.first);
        preparer.prepare(share.first, rows, result.counts);
        labels = cluster::assign(rows, model.centroids);
      });
      result.counts.imputed = comm.all_sum(result.counts.imputed);
      result.counts.unseen = comm.all_sum(result.counts.unseen);
    }
    const quality::Labelled data{rows, labels, static_cast<int>(model.segments())};
    {
      const auto section = context.timings.section("indices");
      result.sizes = quality::segment_sizes(comm, data);
      result.inertia = quality::inertia(comm, data, model.centroids.values);
      result.spread = quality::spread_indices(comm, data);
    }
    {
      const auto section = context.timings.section("silhouette");
      result.silhouette =
          quality::silhouette(comm, data,
                              {.exact_rows = exact_rows_,
                               .sample_rows = silhouette_sample_,
                               .seed = context.options.seed,
                               .progress = [&](std::uint64_t done, std::uint64_t total) {
                                 context.console.progress("silhouette", done, total);
                               }});
    }
    const auto section = context.timings.section("labels");
    for (const std::size_t column : label_columns) {
      result.labels.push_back(compare(comm, table, column, data));
    }
    return result;
  }

  /// Collective.
  static LabelColumn compare(const comm::Communicator& comm, const table::Table& table,
                             std::size_t column, const quality::Labelled& data) {
    const std::string& name = table.columns()[column].name;
    quality::Contingency contingency(name, data.segments);
    comm.together([&] {
      const std::uint64_t count = data.rows.rows();
      for (std::uint64_t done = 0; done < count; done += kLabelBatch) {
        const std::vector<std::string> cells = table.read_text(column, data.rows.first_row() + done,
                                                               std::min(kLabelBatch, count - done));
        for (std::size_t i = 0; i < cells.size(); ++i) {
          contingency.add(cells[i], data.labels[done + i]);
        }
      }
    });
    contingency.merge(comm);
    return {name, contingency.counts().size(), contingency.missing(),
            quality::agreement(contingency)};
  }

  std::string input_;
  std::string model_;
  std::string label_;
  std::uint64_t exact_rows_ = 20'000;
  std::uint64_t silhouette_sample_ = 2'000;
};

}  // namespace

std::unique_ptr<Job> make_evaluate_job() { return std::make_unique<EvaluateJob>(); }

}  // namespace tessera::app
