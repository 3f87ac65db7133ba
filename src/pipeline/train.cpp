#include "tessera/pipeline/train.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"
#include "tessera/cluster/assign.hpp"
#include "tessera/pipeline/initial_centroids.hpp"
#include "tessera/quality/indices.hpp"

namespace tessera::pipeline {
namespace {

// The memory formula of the README, per row of a rank's share: prepared features, and either what
// the runs keep of it or what the columns are fitted or profiled with.
constexpr std::uint64_t kBytesPerRow = 16;
constexpr std::uint64_t kBytesPerDistance = 8;  // of the watched sample, among each other
constexpr std::uint64_t kFixedBytes = std::uint64_t{100} << 20U;

const char* section_name(cluster::KMeansPhase phase) {
  switch (phase) {
    case cluster::KMeansPhase::kSurvey:
      return "survey";
    case cluster::KMeansPhase::kSeed:
      return "seed";
    case cluster::KMeansPhase::kIterate:
      return "iterate";
    case cluster::KMeansPhase::kNumber:
      return "number segments";
  }
  return "train";
}

/// The phases of the training as sections.
class Phases final : public cluster::KMeansObserver {
 public:
  explicit Phases(Observer& observer) : observer_(observer) {}

  void on_phase(cluster::KMeansPhase phase) override {
    section_.reset();
    section_ = std::make_unique<Section>(observer_, section_name(phase));
  }
  void on_iteration(std::size_t run, const cluster::IterationReport& report) override {
    observer_.on_iteration(run, report);
  }
  void on_run(std::size_t run, const cluster::LloydRun& outcome) override {
    observer_.on_run(run, outcome);
  }

 private:
  Observer& observer_;
  std::unique_ptr<Section> section_;
};

features::Fitted fit(const comm::Communicator& comm, const table::Table& table,
                     const features::FitOptions& options, Observer& observer) {
  const Section section(observer, "prepare");
  features::Fitted fitted =
      features::fit(comm, table, options, [&](std::string_view, std::size_t done, std::size_t of) {
        observer.step("preparing columns", done, of);
      });
  return fitted;
}

void tell(const table::Table& table, const features::Fitted& fitted, Observer& observer) {
  for (const features::LeftOut& column : fitted.left_out) {
    observer.warn(fmt::format("column \"{}\" is left out: {}", column.column, column.reason), {});
  }
  observer.info(fmt::format(
      "{} rows, {} numeric and {} category features ({} dimensions), {} missing cells "
      "imputed",
      grouped(table.rows()), fitted.recipe.numeric.size(), fitted.recipe.categories.size(),
      fitted.recipe.space().dimensions(), grouped(fitted.counts.imputed)));
}

void tell(const cluster::LloydRun& best, std::uint64_t segments, Observer& observer) {
  if (best.centroids.count < segments) {
    observer.warn(
        fmt::format("{} of the {} segments asked for would have no customers and are left out: "
                    "the prepared rows are not different enough",
                    segments - best.centroids.count, segments),
        {});
  }
  if (!best.converged) {
    observer.warn(fmt::format("not converged after {} iterations; allow more", best.iterations),
                  "max_iterations");
  }
}

model::Training training_of(const TrainOptions& options, const cluster::KMeansResult& result,
                            std::uint64_t rows, double inertia) {
  const cluster::LloydRun& best = result.best;
  return {.rows = rows,
          .segments_asked = options.kmeans.segments,
          .iterations = best.iterations,
          .updates = best.updates,
          .restarts = options.kmeans.restarts,
          .seed = options.kmeans.seed,
          .converged = best.converged,
          .inertia = inertia,
          .silhouette = best.silhouette.value,
          .silhouette_error = best.silhouette.standard_error,
          .silhouette_rows = result.silhouette_rows,
          .init = std::string(to_text(options.kmeans.init))};
}

}  // namespace

void check(const TrainOptions& options) {
  check_fields(options.fit);
  check_fields(options.kmeans);
  if ((options.kmeans.init == cluster::Init::kFile) != !options.init_file.empty()) {
    fail_about("init_file", ExitCode::kUsage,
               "init_file \"{}\" and init {} do not go together: a file is given and used, or "
               "neither",
               options.init_file, to_text(options.kmeans.init));
  }
}

TrainPlan plan_training(const comm::Communicator& comm, const table::Table& table,
                        const TrainOptions& options) {
  check(options);
  cluster::check_enough_rows(table.name(), table.rows(), options.kmeans.segments);
  TrainPlan plan;
  comm.together([&] { plan.selection = features::select_columns(table, options.fit); });
  const std::uint64_t share = comm::share_of(table.rows(), 0, comm.size()).count;
  const std::uint64_t sample = std::min(options.kmeans.silhouette_sample, table.rows());
  features::Space space{.numeric = plan.selection.numeric.size(), .levels = {}};
  for (const std::size_t column : plan.selection.categories) {
    space.levels.push_back(table.columns()[column].levels.size());
  }
  const std::size_t row_bytes = features::training_row_bytes(space);
  const std::size_t runs =
      std::min<std::size_t>(options.kmeans.restarts, cluster::runs_at_once(row_bytes));
  plan.bytes_per_rank =
      kFixedBytes +
      share *
          (row_bytes + std::max<std::uint64_t>(kBytesPerRow, cluster::state_bytes_per_row(runs))) +
      kBytesPerDistance * sample * sample / static_cast<std::uint64_t>(comm.size());
  return plan;
}

TrainResult train(const comm::Communicator& comm, const table::Table& table,
                  const TrainOptions& options, Observer& observer) {
  check(options);
  cluster::check_enough_rows(table.name(), table.rows(), options.kmeans.segments);
  features::Fitted fitted = fit(comm, table, options.fit, observer);
  tell(table, fitted, observer);

  cluster::KMeansOptions kmeans = options.kmeans;
  if (kmeans.init == cluster::Init::kFile) {
    kmeans.given = read_initial_centroids(comm, options.init_file, fitted.recipe, kmeans.segments);
  }
  cluster::KMeansResult result;
  {
    Phases phases(observer);
    result = cluster::train_kmeans(comm, fitted.rows, kmeans, phases);
  }
  const cluster::LloydRun& best = result.best;
  tell(best, kmeans.segments, observer);

  model::Model model;
  const Section section(observer, "profile");
  const std::vector<std::int32_t> labels = cluster::assign(fitted.rows, best.centroids);
  // the iterations' inertia follows from the sums; the model's is measured row by row
  const double inertia = quality::inertia(
      comm, {fitted.rows, labels, static_cast<int>(best.centroids.count)}, best.centroids.values);
  model.profile =
      model::profile(comm, table, fitted.recipe, fitted.raw, labels, best.centroids.count);
  model.recipe = std::move(fitted.recipe);
  model.centroids = best.centroids;
  model.sizes = best.sizes;
  model.training = training_of(options, result, table.rows(), inertia);
  return {std::move(model), std::move(fitted.rows)};
}

}  // namespace tessera::pipeline
