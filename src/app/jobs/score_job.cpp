#include "app/jobs/jobs.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "tessera/app/files.hpp"
#include "tessera/app/job_observer.hpp"
#include "tessera/base/text.hpp"
#include "tessera/model/model.hpp"
#include "tessera/pipeline/input.hpp"
#include "tessera/pipeline/score.hpp"
#include "tessera/table/read_options.hpp"
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
        .add(model_, kModel)
        .add(output_, {.name = "output", .value = "FILE", .help = "segments.csv or segments.h5"})
        .add(id_, {.name = "id",
                   .value = "COLUMN",
                   .help = "identifies customers; if empty, as in training, or row numbers from "
                           "1"});
    options.group("Reading text").add(read_);
  }

  void check() const override {
    require("input", input_);
    table::check(read_);
    require("model", model_);
    require("output", output_);
    pipeline::check_scores_name("output", output_);
    refuse_same_file(input_, output_);
    refuse_same_file(model_, output_);
  }

  nlohmann::json run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    JobObserver observer(context.console, context.timings);
    std::unique_ptr<table::Table> table;
    model::Model model;
    std::optional<pipeline::Scoring> scoring;
    {
      const pipeline::Section section(observer, "open");
      table = pipeline::open_input(comm, input_, read_, observer);
      model = model::load(comm, model_);
      scoring.emplace(comm, *table, model, id_);
    }
    if (context.options.dry_run) {
      context.console.print(
          fmt::format("would score {} rows of {} into {} segments; would write {}\n",
                      grouped(table->rows()), table->name(), model.segments(), output_));
      return {{"dry_run", true}, {"rows", table->rows()}, {"segments", model.segments()}};
    }
    const pipeline::Scoring::Result result = scoring->write(output_, observer);
    context.console.print(report(*table, model, result));
    return {{"rows", table->rows()},
            {"segments", model.segments()},
            {"sizes", result.sizes},
            {"imputed", result.counts.imputed},
            {"unseen", result.counts.unseen},
            {"digest", model.digest()},
            {"output", output_}};
  }

 private:
  [[nodiscard]] std::string report(const table::Table& table, const model::Model& model,
                                   const pipeline::Scoring::Result& result) const {
    const auto rows = static_cast<double>(std::max<std::uint64_t>(1, table.rows()));
    const auto trained = static_cast<double>(
        std::accumulate(model.sizes().begin(), model.sizes().end(), std::uint64_t{0}));
    std::string text = fmt::format(
        "\n{} customers scored, {} missing cells imputed\n\n"
        "{:>7}  {:>13}  {:>7}  {:>11}\n",
        grouped(table.rows()), grouped(result.counts.imputed), "segment", "customers", "share",
        "in training");
    for (std::size_t i = 0; i < result.sizes.size(); ++i) {
      text +=
          fmt::format("{:>7}  {:>13}  {:>5.1f} %  {:>9.1f} %\n", i + 1, grouped(result.sizes[i]),
                      100 * static_cast<double>(result.sizes[i]) / rows,
                      100 * static_cast<double>(model.sizes()[i]) / trained);
    }
    return text + fmt::format("\nsegments  {}\n", output_);
  }

  std::string input_;
  table::ReadOptions read_;
  std::string model_;
  std::string output_;
  std::string id_;
};

}  // namespace

std::unique_ptr<Job> make_score_job() { return std::make_unique<ScoreJob>(); }

}  // namespace tessera::app
