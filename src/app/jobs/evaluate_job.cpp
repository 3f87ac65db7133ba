#include "app/jobs/jobs.hpp"

#include <optional>

#include "app/files.hpp"
#include "app/job_observer.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/model/model.hpp"
#include "tessera/model/small_groups.hpp"
#include "tessera/pipeline/evaluate.hpp"
#include "tessera/pipeline/input.hpp"
#include "tessera/report/documents.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

class EvaluateJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "evaluate"; }
  [[nodiscard]] std::string summary() const override {
    return "measure how good a model's segments are on a table";
  }

  void list_options(Options& options) override {
    options.group("Data")
        .add(input_, kInput)
        .add(read_.trust_input, table::ReadOptions::kTrustInput)
        .add(read_.pseudonymise, table::ReadOptions::kPseudonymise)
        .add(model_, kModel);
    options.add(options_.label, pipeline::EvaluateOptions::kLabel)
        .add(options_.weight, pipeline::EvaluateOptions::kWeight);
    options.group("Reading text").add(read_);
    options.group("Silhouette").add(options_.silhouette);
    options.group("Output").add(min_group_, model::kShownGroupField);
  }

  void check() const override {
    require("input", input_);
    table::check(read_);
    require("model", model_);
  }

  report::Document run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    JobObserver observer(context.console, context.timings);
    std::unique_ptr<table::Table> table;
    model::Model model;
    std::optional<pipeline::Evaluation> evaluation;
    {
      const pipeline::Section section(observer, "open");
      model = model::load(comm, model_);
      table =
          pipeline::open_input(comm, input_, read_.with_ids({model.recipe.id_column}), observer);
      pipeline::EvaluateOptions options = options_;
      options.silhouette.seed = context.options.seed;
      evaluation.emplace(comm, *table, model, std::move(options));
    }
    if (context.options.dry_run) {
      return describe(comm, *table, model, evaluation->bytes_per_rank());
    }
    const pipeline::EvaluateResult result = evaluation->run(observer);
    return report::evaluation(table->name(), model, result, min_group_);
  }

 private:
  [[nodiscard]] report::Document describe(const comm::Communicator& comm, const table::Table& table,
                                          const model::Model& model, std::uint64_t bytes) const {
    const bool exact = table.rows() <= options_.silhouette.exact_rows;
    return report::Document()
        .text(visible_format(
            "would evaluate {} on {} of {}, with {} silhouette, on {} with about {} "
            "each\n",
            counted(model.segments(), "segment"), counted(table.rows(), "row"), table.name(),
            exact ? "an exact" : "a sampled", counted(comm.size(), "rank"), bytes_text(bytes)))
        .set({{"dry_run", true},
              {"rows", table.rows()},
              {"segments", model.segments()},
              {"memory_bytes_per_rank", bytes},
              {"silhouette", {{"variant", exact ? "exact" : "sampled"}}}});
  }

  std::string input_;
  table::ReadOptions read_;
  std::string model_;
  pipeline::EvaluateOptions options_;
  std::uint64_t min_group_ = model::kMinGroup;
};

}  // namespace

std::unique_ptr<Job> make_evaluate_job() { return std::make_unique<EvaluateJob>(); }

}  // namespace tessera::app
