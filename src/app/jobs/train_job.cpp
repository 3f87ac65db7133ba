#include "app/jobs/jobs.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>

#include "tessera/app/header.hpp"
#include "tessera/app/initial_centroids.hpp"
#include "tessera/app/lists.hpp"
#include "tessera/app/options.hpp"
#include "tessera/app/score_writer.hpp"
#include "tessera/app/training_log.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/cluster/assign.hpp"
#include "tessera/cluster/kmeans/kmeans.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/io/file.hpp"
#include "tessera/model/model.hpp"
#include "tessera/quality/indices.hpp"
#include "tessera/report/summary.hpp"
#include "tessera/simd/aligned.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

namespace po = boost::program_options;

// The memory formula of the README, per row of a rank's share: prepared features, and either what
// the runs keep of it or what the columns are fitted or profiled with.
constexpr std::uint64_t kBytesPerRow = 16;
constexpr std::uint64_t kBytesPerDistance = 8;  // of the watched sample, among each other
constexpr std::uint64_t kFixedBytes = std::uint64_t{100} << 20U;

features::Scale parse_scale(const std::string& name) {
  if (name == "standard") {
    return features::Scale::kStandard;
  }
  if (name == "none") {
    return features::Scale::kNone;
  }
  fail(ExitCode::kUsage, "--scale {}: expected standard or none", name);
}

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
    add_data("id", value_of(id_, "COLUMN"), "identifies customers; not a feature");
    add_data("features", value_of(features_, "A,B,..."),
             "columns to segment by; all numbers and categories if empty");
    add_data("ignore", value_of(ignore_, "A,B,..."), "columns to leave out");
    add_data("log1p", value_of(log1p_, "A,B,..."), "numeric columns to take ln(1 + x) of");
    add_data("scale", value_of(scale_, "HOW"),
             "standard: divide numbers by their standard deviation; none");
    po::options_description training("Training");
    auto add_training = training.add_options();
    add_training("segments,k", value_of(segments_, "K"), "number of segments; required");
    add_training("init", value_of(init_, "HOW"),
                 "first centroids: k-means||, k-means++, random, rows (row i*n/k), file");
    add_training("init-file", value_of(init_file_, "FILE"),
                 "for --init file: a model, or a table of K rows in raw units");
    add_training("restarts", value_of(restarts_, "N"), "runs; the one of least inertia is kept");
    add_training("max-iterations", value_of(max_iterations_, "N"), "limit of each run");
    add_training("tolerance", value_of(tolerance_, "X"),
                 "stop when the centroids' squared shift is below X times the mean variance");
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
    if (restarts_ < 1) {
      fail(ExitCode::kUsage, "--restarts {}: expected at least 1", restarts_);
    }
    if (max_iterations_ < 1) {
      fail(ExitCode::kUsage, "--max-iterations {}: expected at least 1", max_iterations_);
    }
    if (!(tolerance_ >= 0) || std::isinf(tolerance_)) {
      fail(ExitCode::kUsage, "--tolerance {}: expected a number from 0 on", tolerance_);
    }
    if (silhouette_sample_ > kMaxSilhouetteSample) {
      fail(ExitCode::kUsage,
           "--silhouette-sample {}: expected at most {}; 'tessera evaluate' measures more rows",
           silhouette_sample_, kMaxSilhouetteSample);
    }
    (void)parse_scale(scale_);
    const bool from_file = cluster::parse_init(init_) == cluster::Init::kFile;
    if (from_file != !init_file_.empty()) {
      fail(ExitCode::kUsage, "--init file and --init-file FILE go together");
    }
    // --output may be --init-file: what is trained anew each night starts from its last model
    refuse_same_file(input_, output_);
    check_scores();
  }

  nlohmann::json run(Context& context) override {
    const comm::Communicator& comm = context.comm;
    std::unique_ptr<table::Table> table;
    {
      const auto section = context.timings.section("open");
      table = table::open_table(comm, input_);
    }
    cluster::check_enough_rows(table->name(), table->rows(), segments_);
    if (context.options.dry_run) {
      return describe(context, *table);
    }
    // before the work, so that it cannot be in vain
    io::OutputFile output(comm, output_);
    if (!scores_.empty()) {
      const io::OutputFile attempt(comm, scores_);
    }

    const Trained trained = train(context, *table);
    const std::unique_ptr<ScoreWriter> scores =
        scores_.empty() ? nullptr : score(context, *table, trained);
    {
      const auto section = context.timings.section("write");
      if (scores) {
        scores->flush();  // first: if the disk is full, there is to be no new model either
      }
      model::save(comm, trained.model, output);
      if (scores) {
        scores->commit();  // last: there are never scores without their model
      }
    }
    context.console.print(report(trained.model));
    return to_json(trained.model);
  }

 private:
  static constexpr std::uint64_t kMaxSilhouetteSample = 20'000;

  struct Trained {
    model::Model model;
    features::FeatureRows rows;  // this rank's share of the table, prepared
  };

  void check_scores() const {
    if (scores_.empty()) {
      return;
    }
    check_scores_name("scores", scores_);
    refuse_same_file(input_, scores_, "scores");
    for (const auto& [option, file] :
         {std::pair("output", output_), std::pair("init-file", init_file_)}) {
      if (!file.empty() && is_same_file(file, scores_)) {
        fail(ExitCode::kUsage, "--scores {} is the file of --{} too; give another name", scores_,
             option);
      }
    }
  }

  [[nodiscard]] features::FitOptions fit_options() const {
    return {.id = id_,
            .features = split_names(features_),
            .ignore = split_names(ignore_),
            .log1p = split_names(log1p_),
            .scale = parse_scale(scale_)};
  }

  nlohmann::json describe(Context& context, const table::Table& table) const {
    features::Selection selection;
    context.comm.together([&] { selection = features::select_columns(table, fit_options()); });
    const std::uint64_t share = comm::share_of(table.rows(), 0, context.comm.size()).count;
    const std::uint64_t sample = std::min(silhouette_sample_, table.rows());
    features::Space space{.numeric = selection.numeric.size(), .levels = {}};
    for (const std::size_t column : selection.categories) {
      space.levels.push_back(table.columns()[column].levels.size());
    }
    const std::size_t row_bytes = features::training_row_bytes(space);
    const std::size_t runs = std::min<std::size_t>(restarts_, cluster::runs_at_once(row_bytes));
    const std::uint64_t bytes =
        kFixedBytes +
        share * (row_bytes +
                 std::max<std::uint64_t>(kBytesPerRow, cluster::state_bytes_per_row(runs))) +
        kBytesPerDistance * sample * sample / static_cast<std::uint64_t>(context.comm.size());
    context.console.print(fmt::format(
        "would train {} segments on {} rows of {}: {} numeric and {} category features, on {} "
        "rank{} with about {} each; would write {}\n",
        segments_, grouped(table.rows()), table.name(), selection.numeric.size(),
        selection.categories.size(), context.comm.size(), context.comm.size() == 1 ? "" : "s",
        bytes_text(bytes), scores_.empty() ? output_ : output_ + " and " + scores_));
    return {{"dry_run", true},
            {"rows", table.rows()},
            {"segments", segments_},
            {"numeric_features", selection.numeric.size()},
            {"category_features", selection.categories.size()},
            {"memory_bytes_per_rank", bytes}};
  }

  Trained train(Context& context, const table::Table& table) const {
    const comm::Communicator& comm = context.comm;
    Console& console = context.console;
    std::optional<features::Fitted> fitted;
    {
      const auto section = context.timings.section("prepare");
      fitted.emplace(features::fit(comm, table, fit_options(),
                                   [&](std::string_view, std::size_t done, std::size_t of) {
                                     console.progress("preparing columns", done, of);
                                   }));
    }
    for (const features::LeftOut& column : fitted->left_out) {
      console.warn("column \"{}\" is left out: {}", column.column, column.reason);
    }
    console.info(
        "{} rows, {} numeric and {} category features ({} dimensions), {} missing cells "
        "imputed",
        grouped(table.rows()), fitted->recipe.numeric.size(), fitted->recipe.categories.size(),
        fitted->recipe.space().dimensions(), grouped(fitted->counts.imputed));

    cluster::KMeansOptions options;
    options.segments = segments_;
    options.init = cluster::parse_init(init_);
    options.restarts = restarts_;
    options.lloyd = {.max_iterations = max_iterations_, .tolerance = tolerance_};
    options.silhouette_sample = silhouette_sample_;
    options.seed = context.options.seed;
    if (options.init == cluster::Init::kFile) {
      options.given = read_initial_centroids(comm, init_file_, fitted->recipe, segments_);
    }
    cluster::KMeansResult result;
    {
      TrainingLog log(console, context.timings, restarts_);
      result = cluster::train_kmeans(comm, fitted->rows, options, log);
    }
    const cluster::LloydRun& best = result.best;
    if (best.centroids.count < segments_) {
      console.warn(
          "{} of the {} segments asked for would have no customers and are left out: the "
          "prepared rows are not different enough",
          segments_ - best.centroids.count, segments_);
    }
    if (!best.converged) {
      console.warn("not converged after {} iterations; allow more with --max-iterations",
                   best.iterations);
    }

    model::Model model;
    {
      const auto section = context.timings.section("profile");
      const std::vector<std::int32_t> labels = cluster::assign(fitted->rows, best.centroids);
      // the iterations' inertia follows from the sums; the model's is measured row by row
      model.training.inertia =
          quality::inertia(comm, {fitted->rows, labels, static_cast<int>(best.centroids.count)},
                           best.centroids.values);
      model.profile =
          model::profile(comm, table, fitted->recipe, fitted->raw, labels, best.centroids.count);
    }
    model.recipe = std::move(fitted->recipe);
    model.centroids = best.centroids;
    model.sizes = best.sizes;
    model.training = {.rows = table.rows(),
                      .segments_asked = segments_,
                      .iterations = best.iterations,
                      .updates = best.updates,
                      .restarts = restarts_,
                      .seed = context.options.seed,
                      .converged = best.converged,
                      .inertia = model.training.inertia,
                      .silhouette = best.silhouette.value,
                      .silhouette_error = best.silhouette.standard_error,
                      .silhouette_rows = result.silhouette_rows,
                      .init = init_};
    model.provenance = {{"created", utc_now()},
                        {"version", version_text()},
                        {"input", table.name()},
                        {"host", host_name()},
                        {"ranks", fmt::format("{}", comm.size())}};
    return {std::move(model), std::move(fitted->rows)};
  }

  /// The scores of all rows, written but for their commit.
  std::unique_ptr<ScoreWriter> score(Context& context, const table::Table& table,
                                     const Trained& trained) const {
    const features::FeatureRows& rows = trained.rows;
    const CustomerIds ids(table, trained.model.recipe.id_column);
    auto writer = create_score_writer(context, scores_, ids, trained.model.segments());
    const auto section = context.timings.section("score");
    simd::AlignedVector<Score> scores;
    context.comm.together([&] {
      const cluster::Measurer measurer(trained.model.centroids, rows.categories());
      scores.reserve(rows.rows());
      std::vector<cluster::Nearest> nearest;
      for (std::uint64_t at = 0; at < rows.rows(); at += nearest.size()) {
        nearest.resize(std::min(kScoreBatch, rows.rows() - at));
        measurer.measure(rows, at, nearest);
        for (const cluster::Nearest& row : nearest) {
          scores.emplace_back(row);
        }
        context.console.progress("scoring", at + nearest.size(), rows.rows());
      }
    });
    write_shards(context, ids, scores, *writer);
    return writer;
  }

  [[nodiscard]] std::string report(const model::Model& model) const {
    const model::Training& t = model.training;
    return fmt::format(
        "\n{} segments of {} customers: inertia {:.8g}, silhouette {} ({} rows), {} after {} "
        "iteration{}\n\n{}\nmodel   {}\ndigest  {}\n{}",
        model.segments(), grouped(t.rows), t.inertia, silhouette_text(t.silhouette),
        grouped(t.silhouette_rows), t.converged ? "converged" : "not converged", t.iterations,
        t.iterations == 1 ? "" : "s", report::segment_table(model), output_, model.digest(),
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
                           {"inertia", t.inertia},
                           {"sizes", model.sizes},
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
  std::string id_;
  std::string features_;
  std::string ignore_;
  std::string log1p_;
  std::string scale_ = "standard";
  std::string init_ = "k-means||";
  std::string init_file_;
  std::uint64_t segments_ = 0;
  std::uint32_t restarts_ = 1;
  std::uint64_t max_iterations_ = 300;
  double tolerance_ = 1e-4;
  std::uint64_t silhouette_sample_ = 512;
};

}  // namespace

std::unique_ptr<Job> make_train_job() { return std::make_unique<TrainJob>(); }

}  // namespace tessera::app
