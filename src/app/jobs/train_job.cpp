#include "app/jobs/jobs.hpp"

#include <ctime>
#include <nlohmann/json.hpp>

#include "tessera/app/header.hpp"
#include "tessera/app/job_observer.hpp"
#include "tessera/app/lists.hpp"
#include "tessera/app/options.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/fields.hpp"
#include "tessera/base/text.hpp"
#include "tessera/io/file.hpp"
#include "tessera/model/model.hpp"
#include "tessera/pipeline/score.hpp"
#include "tessera/pipeline/train.hpp"
#include "tessera/report/summary.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

namespace po = boost::program_options;

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

  void add_options(po::options_description& options) override {
    po::options_description data("Data");
    auto add_data = data.add_options();
    add_data("input", value_of(input_, "FILE"),
             "table: FILE.h5, FILE.h5:/GROUP of 1-D datasets, or FILE.h5:/MATRIX");
    fit_options_.clear();
    const features::FitOptions by_default;
    visit_fields(by_default, [&](const auto& member, const Field& field) {
      fit_options_.push_back({field, field_text(member)});
    });
    for (FitOption& option : fit_options_) {
      add_data(option_name(option.field.name).substr(2).c_str(),
               value_of(option.value, std::string(option.field.value).c_str()),
               std::string(option.field.help).c_str());
    }
    po::options_description training("Training");
    auto add_training = training.add_options();
    add_training("segments,k", value_of(segments_, "K"), "number of segments; required");
    add_training("method", value_of(method_, "NAME"), method_help().c_str());
    method_options_ = pipeline::options_of_methods();
    for (pipeline::MethodOption& option : method_options_) {
      add_training(option_name(option.field.name).substr(2).c_str(),
                   value_of(option.value, std::string(option.field.value).c_str()),
                   std::string(option.field.help).c_str());
    }
    add_training("init-file", value_of(init_file_, "FILE"),
                 "for --init file: a model, or a table of K rows in raw units");
    add_training("silhouette-sample", value_of(silhouette_sample_, "N"),
                 "rows whose silhouette is watched while training; 0: none");
    po::options_description output("Output");
    auto add_output = output.add_options();
    add_output("output,o", value_of(output_, "FILE.h5"), "the model");
    add_output("scores", value_of(scores_, "FILE"),
               "segments.csv or segments.h5: the table's customers scored, as by 'tessera score'");
    options.add(data).add(training).add(output);
  }

  void check() const override {
    require("input", input_);
    require("output", output_);
    if (segments_ < 1) {
      fail(ExitCode::kUsage, "--segments {}: how many segments? Expected a number from 1 on",
           segments_);
    }
    const pipeline::TrainOptions options = train_options(0);
    pipeline::check(options);
    // --output may be --init-file: what is trained anew each night starts from its last model
    refuse_same_file(input_, output_);
    check_scores();
  }

  nlohmann::json run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    const pipeline::TrainOptions options = train_options(context.options.seed);
    JobObserver observer(context.console, context.timings);
    std::unique_ptr<table::Table> table;
    {
      const pipeline::Section section(observer, "open");
      table = table::open_table(comm, input_);
    }
    if (context.options.dry_run) {
      return describe(context, *table, pipeline::plan_training(comm, *table, options));
    }
    cluster::check_enough_rows(table->name(), table->rows(), segments_);
    // before the work, so that it cannot be in vain
    io::OutputFile output(comm, output_);
    if (!scores_.empty()) {
      const io::OutputFile attempt(comm, scores_);
    }
    pipeline::TrainResult trained = pipeline::train(comm, *table, options, observer);
    model::Model& model = trained.model;
    model.provenance = {{"created", utc_now()},
                        {"version", version_text()},
                        {"input", table->name()},
                        {"host", host_name()},
                        {"ranks", fmt::format("{}", comm.size())}};
    const std::unique_ptr<pipeline::ScoreWriter> scores =
        scores_.empty()
            ? nullptr
            : pipeline::write_trained_scores(comm, *table, model, trained.rows, scores_, observer);
    {
      const pipeline::Section section(observer, "write");
      if (scores) {
        scores->flush();  // first: if the disk is full, there is to be no new model either
      }
      model::save(comm, model, output);
      if (scores) {
        scores->commit();  // last: there are never scores without their model
      }
    }
    context.console.print(report(model));
    return to_json(model);
  }

 private:
  /// An option of features::FitOptions, as text.
  struct FitOption {
    Field field;
    std::string value;
  };

  void check_scores() const {
    if (scores_.empty()) {
      return;
    }
    pipeline::check_scores_name("scores", scores_);
    refuse_same_file(input_, scores_, "scores");
    for (const auto& [option, file] :
         {std::pair("output", output_), std::pair("init-file", init_file_)}) {
      if (!file.empty() && is_same_file(file, scores_)) {
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

  [[nodiscard]] pipeline::TrainOptions train_options(std::uint64_t seed) const {
    pipeline::TrainOptions options;
    visit_fields(options.fit, [&](auto& member, const Field& field) {
      const auto at = std::ranges::find(fit_options_, field.name,
                                        [](const FitOption& option) { return option.field.name; });
      if (at != fit_options_.end() && !read_field(member, at->value)) {
        fail_about(field.name, ExitCode::kUsage, "{} {}: expected {}", field.name, at->value,
                   kind_of_field<std::decay_t<decltype(member)>>());
      }
    });
    options.task = {.segments = segments_, .seed = seed, .silhouette_sample = silhouette_sample_};
    options.method = method_;
    options.method_options = method_options_;
    options.init_file = init_file_;
    return options;
  }

  nlohmann::json describe(Context& context, const table::Table& table,
                          const pipeline::TrainPlan& plan) const {
    const std::size_t numeric = plan.selection.numeric.size();
    const std::size_t categories = plan.selection.categories.size();
    context.console.print(fmt::format(
        "would train {} segments on {} rows of {}: {} numeric and {} category features, on {} "
        "rank{} with about {} each; would write {}\n",
        segments_, grouped(table.rows()), table.name(), numeric, categories, context.comm.size(),
        context.comm.size() == 1 ? "" : "s", bytes_text(plan.bytes_per_rank),
        scores_.empty() ? output_ : output_ + " and " + scores_));
    return {{"dry_run", true},
            {"rows", table.rows()},
            {"segments", segments_},
            {"numeric_features", numeric},
            {"category_features", categories},
            {"memory_bytes_per_rank", plan.bytes_per_rank}};
  }

  [[nodiscard]] std::string report(const model::Model& model) const {
    const model::Training& t = model.training;
    return fmt::format(
        "\n{} segments of {} customers: inertia {:.8g}, silhouette {} ({} rows), {} after {} "
        "iteration{}\n\n{}\nmodel   {}\ndigest  {}\n{}",
        model.segments(), grouped(t.rows), model.segmentation->inertia(),
        silhouette_text(t.silhouette), grouped(t.silhouette_rows),
        t.converged ? "converged" : "not converged", t.iterations, t.iterations == 1 ? "" : "s",
        report::segment_table(model), output_, model.digest(),
        scores_.empty() ? "" : fmt::format("scores  {}\n", scores_));
  }

  [[nodiscard]] nlohmann::json to_json(const model::Model& model) const {
    const model::Training& t = model.training;
    nlohmann::json json = {{"rows", t.rows},
                           {"segments", model.segments()},
                           {"segments_asked", t.segments_asked},
                           {"iterations", t.iterations},
                           {"updates", t.updates},
                           {"converged", t.converged},
                           {"inertia", model.segmentation->inertia()},
                           {"sizes", model.sizes()},
                           {"digest", model.digest()},
                           {"silhouette",
                            {{"value", t.silhouette},
                             {"standard_error", t.silhouette_error},
                             {"variant", "within_sample"},
                             {"rows", t.silhouette_rows}}}};
    if (!scores_.empty()) {
      json["scores"] = scores_;
    }
    return json;
  }

  std::string input_;
  std::string output_;
  std::string scores_;
  std::vector<FitOption> fit_options_;
  std::string init_file_;
  std::uint64_t segments_ = 0;
  std::string method_{cluster::all_methods().front()->name()};
  std::vector<pipeline::MethodOption> method_options_;
  std::uint64_t silhouette_sample_ = 512;
};

}  // namespace

std::unique_ptr<Job> make_train_job() { return std::make_unique<TrainJob>(); }

}  // namespace tessera::app
