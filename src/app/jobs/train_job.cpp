#include "app/jobs/jobs.hpp"

#include <ctime>

#include "app/column_sections.hpp"
#include "app/files.hpp"
#include "app/header.hpp"
#include "app/job_observer.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/io/file.hpp"
#include "tessera/io/h5_output.hpp"
#include "tessera/model/model.hpp"
#include "tessera/pipeline/input.hpp"
#include "tessera/pipeline/score.hpp"
#include "tessera/pipeline/train.hpp"
#include "tessera/report/documents.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/sink.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

class TrainJob final : public Job {
 public:
  [[nodiscard]] std::string name() const override { return "train"; }
  [[nodiscard]] std::string summary() const override {
    return "train a segmentation: a table in, a model out";
  }

  void list_options(Options& options) override {
    static const std::string methods = method_help();
    options.group("Data")
        .add(input_, kInput)
        .add(read_.trust_input, table::ReadOptions::kTrustInput)
        .add(read_.pseudonymise, table::ReadOptions::kPseudonymise)
        .add(options_.fit)
        .add(options_.prepare, pipeline::TrainOptions::kPrepare);
    options.sections(
        [this](const IniEntry& entry, const std::string& path) {
          take_column_steps(entry, path, options_.fit);
        },
        [this] { return column_sections(options_.fit); },
        [this] { return column_sections_json(options_.fit); });
    options.group("Training")
        .add(options_.task)
        .add(options_.method, {.name = "method", .value = "NAME", .help = methods});
    options_.method_options = pipeline::options_of_methods();
    for (pipeline::MethodOption& option : options_.method_options) {
      options.add_untyped(option.value, option.field, [&option] { pipeline::check(option); });
    }
    options.add(options_.init_file, pipeline::TrainOptions::kInitFile)
        .add(options_.min_group, model::kMinGroupField);
    options.group("Reading text").add(read_);
    options.group("Output")
        .add(output_, {.name = "output", .value = "FILE.h5", .help = "the model"})
        .add(scores_, {.name = "scores",
                       .value = "FILE",
                       .help = "segments.csv or segments.h5: the table's customers scored, as by "
                               "'tessera score'"})
        .add(score_options_);
  }

  void check() const override {
    require("input", input_);
    table::check(read_);
    require("output", output_);
    if (options_.task.segments < 1) {
      fail(ExitCode::kUsage, "how many segments? --segments K, from 1 on");
    }
    pipeline::check(options_);
    // --output may be --init-file: what is trained anew each night starts from its last model
    table::refuse_same_file(input_, output_);
    check_scores();
  }

  report::Document run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    pipeline::TrainOptions options = options_;
    options.task.seed = context.options.seed;
    JobObserver observer(context.console, context.timings);
    std::unique_ptr<table::Table> table;
    {
      const pipeline::Section section(observer, "open");
      table = pipeline::open_input(comm, input_, read_.with_ids({options.fit.id}), observer);
    }
    const pipeline::TrainPlan plan = pipeline::plan_training(comm, *table, options);
    if (context.options.dry_run) {
      return describe(context, *table, plan);
    }
    // before the work, so that it cannot be in vain
    io::H5Output output(comm, output_);
    if (!scores_.empty()) {
      const io::OutputFile attempt(comm, scores_);
    }
    pipeline::TrainResult trained = pipeline::train(comm, *table, options, observer);
    model::Model& model = trained.model;
    model.provenance = {{"created", utc_now()},
                        {"version", version_text()},
                        {"input", table->name()},
                        {"host", comm::host_name()},
                        {"ranks", fmt::format("{}", comm.size())}};
    const std::unique_ptr<pipeline::ScoreWriter> scores =
        scores_.empty() ? nullptr
                        : pipeline::write_trained_scores(comm, *table, model, trained.rows, scores_,
                                                         score_options_, observer);
    {
      const pipeline::Section section(observer, "write");
      comm.together([&] { table->check_unchanged(); });
      if (scores) {
        scores->flush();  // first: if the disk is full, there is to be no new model either
      }
      model::save(model, output);
      if (scores) {
        scores->commit();  // last: there are never scores without their model
      }
    }
    return report::training(trained, output_, scores_);
  }

 private:
  void check_scores() const {
    if (!scores_.empty()) {
      table::check_sink_name("scores", scores_);
    }
    pipeline::check(score_options_, scores_);
    if (scores_.empty()) {
      return;
    }
    table::refuse_same_file(input_, scores_, "scores");
    for (const auto& [option, file] :
         {std::pair("output", output_), std::pair("init-file", options_.init_file)}) {
      if (!file.empty() && table::is_same_file(file, scores_)) {
        fail(ExitCode::kUsage, "--scores {} is the file of --{} too; give another name", scores_,
             option);
      }
    }
  }

  static std::string method_help() {
    std::string text;
    for (const std::unique_ptr<cluster::Method>& method : cluster::all_methods()) {
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", method->name(), method->help());
    }
    return text;
  }

  report::Document describe(Context& context, const table::Table& table,
                            const pipeline::TrainPlan& plan) const {
    const std::size_t numeric = plan.selection.numeric.size();
    const std::size_t categories = plan.selection.categories.size();
    return report::Document()
        .text(visible_format(
            "would train {} on {} of {}: {} numeric and {}, on {} with about {} each; would write "
            "{}\n",
            counted(options_.task.segments, "segment"), counted(table.rows(), "row"), table.name(),
            numeric, counted(categories, "category feature"), counted(context.comm.size(), "rank"),
            bytes_text(plan.bytes_per_rank),
            scores_.empty() ? output_ : output_ + " and " + scores_))
        .set({{"dry_run", true},
              {"rows", table.rows()},
              {"segments", options_.task.segments},
              {"numeric_features", numeric},
              {"category_features", categories},
              {"columns_left_out", report::left_out_json(plan.selection.left_out)},
              {"memory_bytes_per_rank", plan.bytes_per_rank}});
  }

  std::string input_;
  table::ReadOptions read_;
  std::string output_;
  std::string scores_;
  pipeline::ScoreOptions score_options_;
  pipeline::TrainOptions options_;
};

}  // namespace

std::unique_ptr<Job> make_train_job() { return std::make_unique<TrainJob>(); }

}  // namespace tessera::app
