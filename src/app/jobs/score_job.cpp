#include "app/jobs/jobs.hpp"

#include <optional>

#include "app/files.hpp"
#include "app/job_observer.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/model/model.hpp"
#include "tessera/pipeline/input.hpp"
#include "tessera/pipeline/score.hpp"
#include "tessera/report/documents.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/sink.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

class ScoreJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "score"; }
  [[nodiscard]] std::string summary() const override {
    return "find the segment of every customer: a table and a model in, CSV or HDF5 out";
  }

  void list_options(Options& options) override {
    options.group("Data")
        .add(input_, kInput)
        .add(read_.trust_input, table::ReadOptions::kTrustInput)
        .add(read_.pseudonymise, table::ReadOptions::kPseudonymise)
        .add(model_, kModel)
        .add(output_, {.name = "output", .value = "FILE", .help = "segments.csv or segments.h5"})
        .add(id_, {.name = "id",
                   .value = "COLUMN",
                   .help = "identifies customers; if empty, as in training, or row numbers from "
                           "1"})
        .add(score_options_);
    options.group("Reading text").add(read_);
  }

  void check() const override {
    require("input", input_);
    table::check(read_);
    require("model", model_);
    require("output", output_);
    table::check_sink_name("output", output_);
    pipeline::check(score_options_, output_);
    table::refuse_same_file(input_, output_);
    table::refuse_same_file(model_, output_, "output", "model");
  }

  report::Document run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    JobObserver observer(context.console, context.timings);
    std::unique_ptr<table::Table> table;
    model::Model model;
    std::optional<pipeline::Scoring> scoring;
    {
      const pipeline::Section section(observer, "open");
      model = model::load(comm, model_);
      const std::string& id = id_.empty() ? model.recipe.id_column : id_;
      table = pipeline::open_input(comm, input_, read_.with_ids({id}), observer);
      scoring.emplace(comm, *table, model, id_);
    }
    if (context.options.dry_run) {
      const std::uint64_t bytes = scoring->bytes_per_rank();
      return report::Document()
          .text(visible_format(
              "would score {} of {} into {}, on {} with about {} each; would write "
              "{}\n",
              counted(table->rows(), "row"), table->name(), counted(model.segments(), "segment"),
              counted(comm.size(), "rank"), bytes_text(bytes), output_))
          .set({{"dry_run", true},
                {"rows", table->rows()},
                {"segments", model.segments()},
                {"memory_bytes_per_rank", bytes}});
    }
    return report::scoring(model, scoring->write(output_, score_options_, observer), output_);
  }

 private:
  std::string input_;
  table::ReadOptions read_;
  std::string model_;
  std::string output_;
  std::string id_;
  pipeline::ScoreOptions score_options_;
};

}  // namespace

std::unique_ptr<Job> make_score_job() { return std::make_unique<ScoreJob>(); }

}  // namespace tessera::app
