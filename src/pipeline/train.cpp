#include "tessera/pipeline/train.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "pipeline/initial_centroids.hpp"
#include "pipeline/memory.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/text.hpp"

namespace tessera::pipeline {
namespace {

// The memory formula of the README, per row of a rank's share: prepared features, and either what
// the runs keep of it or what the columns are fitted or profiled with.
constexpr std::uint64_t kBytesPerRow = 16;
constexpr std::uint64_t kBytesPerMass = 24;  // its own, and what random choices make of it

/// The phases of the training as sections.
class Phases final : public cluster::TrainingObserver {
 public:
  explicit Phases(Observer& observer) : observer_(observer) {}

  void on_runs(std::size_t count) override { observer_.on_runs(count); }
  void on_phase(std::string_view name) override {
    section_.reset();
    name_ = name;
    section_ = std::make_unique<Section>(observer_, name);
  }
  void on_progress(std::uint64_t done, std::uint64_t of) override {
    observer_.step(name_, done, of);
  }
  void on_iteration(std::size_t run, const cluster::IterationReport& report) override {
    observer_.on_iteration(run, report);
  }
  void on_run(std::size_t run, const cluster::RunReport& outcome) override {
    observer_.on_run(run, outcome);
  }

 private:
  Observer& observer_;
  std::string name_;
  std::unique_ptr<Section> section_;
};

struct Prepared {
  features::Fitted fitted;
  features::IdFaults faults;
};

/// Hides what the model says of few customers, and what was found of small segments.
void hide_small_groups(model::Model& model, std::vector<model::SmallSegment>& small) {
  const std::uint64_t least = model.training.min_group;
  model::hide_small_groups(model.profile, model.sizes(), least);
  for (model::SmallSegment& one : small) {
    if (one.customers < least) {
      one.mean = std::numeric_limits<double>::quiet_NaN();
    }
  }
}

Prepared prepare(const comm::Communicator& comm, const table::Table& table,
                 const TrainOptions& options, Observer& observer) {
  const Section section(observer, "prepare");
  features::FitOptions fit = options.fit;
  fit.min_group = model::min_group_of(options.min_group, table.rows());
  if (fit.min_group < options.min_group) {
    observer.info(
        fmt::format("of fewer than 2 x {} customers nothing is hidden", options.min_group));
  }
  features::Fitted fitted = features::fit(comm, table, fit, observer);
  if (!fit.weight.empty()) {
    cluster::check_enough_rows(fmt::format("{}, of the rows that weigh more than 0", table.name()),
                               fitted.rows_counted, options.task.segments);
  }
  features::IdFaults faults;
  if (!options.fit.id.empty()) {
    faults = features::set_id_keys(comm, table, options.fit.id, options.task.seed, fitted.rows);
  }
  return {std::move(fitted), faults};
}

/// Whether a category's own steps ask for its rare levels to be taken together.
bool asks_for_rare(const features::FitOptions& options, const std::string& column) {
  const features::Chain chain = features::chain_of(options, column, true);
  return std::ranges::any_of(
      chain, [](const features::StepSpec& step) { return step.kind->name() == "rare"; });
}

void tell(const table::Table& table, const features::FitOptions& options,
          const features::Fitted& fitted, const features::IdFaults& faults, Observer& observer) {
  const std::string& id = fitted.recipe.id_column;
  if (const std::string text = features::describe(faults, id); !text.empty()) {
    observer.warn(text, "id");
  }
  for (const features::LeftOut& column : fitted.left_out) {
    const bool can_be_taken_in = !column.take_in.empty();
    observer.warn(fmt::format("column \"{}\" is left out: {}{}", column.column, column.reason,
                              can_be_taken_in ? "; to take it in, name it as a feature or say " +
                                                    join_names({column.take_in})
                                              : ""),
                  can_be_taken_in ? "columns_as" : "");
  }
  if (!fitted.two_valued.empty()) {
    std::vector<std::string> as_numbers;
    for (const std::string& column : fitted.two_valued) {
      as_numbers.push_back(column + "=number");
    }
    observer.warn(
        fmt::format("numbers with two values are taken as categories: {}; to take them as "
                    "numbers, say {}",
                    join_names(fitted.two_valued), join_names(as_numbers)),
        "columns_as");
  }
  std::vector<std::string> with_other;
  for (const features::CategoryFeature& feature : fitted.recipe.categories) {
    if (feature.other_code() != features::kNoLevel && !asks_for_rare(options, feature.column)) {
      with_other.push_back(feature.column);
    }
  }
  if (!with_other.empty()) {
    observer.warn(fmt::format("levels that too few customers have to be told of are taken together "
                              "as {}: in {}; to keep all apart, say 1",
                              features::kOtherLevel, join_names(with_other)),
                  "min_group");
  }
  const std::string weights =
      options.weight.empty()
          ? ""
          : fmt::format(" that weigh {:.6g} by column \"{}\"", fitted.weight, options.weight);
  observer.info(fmt::format("{}{}, {} numeric and {} ({}), {} imputed",
                            counted(table.rows(), "row"), weights, fitted.recipe.numeric.size(),
                            counted(fitted.recipe.categories.size(), "category feature"),
                            counted(fitted.recipe.space().dimensions(), "dimension"),
                            counted(fitted.counts.imputed, "missing cell")));
}

void tell(const cluster::Trained& trained, std::uint64_t asked, Observer& observer) {
  if (const std::size_t found = trained.segmentation->segments(); found < asked) {
    observer.warn(
        fmt::format("{} of the {} segments asked for would have no customers and are left out: "
                    "the prepared rows are not different enough",
                    asked - found, asked),
        {});
  }
  if (!trained.converged) {
    observer.warn(
        fmt::format("not converged after {}; allow more", counted(trained.iterations, "iteration")),
        "max_iterations");
  }
}

/// Warns of segments that hardly anybody is in, and says what helps.
void tell(const std::vector<model::SmallSegment>& small, Observer& observer) {
  constexpr std::size_t kListed = 5;
  for (std::size_t i = 0; i < std::min(kListed, small.size()); ++i) {
    const model::SmallSegment& one = small[i];
    std::string text =
        fmt::format("segment {} has {} only", one.segment + 1, counted(one.customers, "customer"));
    if (one.column.empty()) {
      observer.warn(text, {});
      continue;
    }
    const std::string means =
        std::isnan(one.mean)
            ? ""
            : fmt::format(" (mean {:.6g}, of all customers {:.6g})", one.mean, one.mean_of_all);
    text += fmt::format(
        ", set apart by \"{}\"{}; {}clip 0.01:0.99, draws such values in", one.column, means,
        one.has_log1p ? "" : fmt::format("log1p {}, or ", join_names({one.column})));
    observer.warn(text, one.has_log1p ? "clip" : "log1p");
  }
  if (small.size() > kListed) {
    observer.warn(fmt::format("and {} as small", counted(small.size() - kListed, "more segment")),
                  {});
  }
}

/// The method that is asked for, with its options.
std::unique_ptr<cluster::Method> make_method(const TrainOptions& options) {
  std::unique_ptr<cluster::Method> method = cluster::make_method(options.method);
  for (const MethodOption& option : options.method_options) {
    if (!method->set(option.field.name, option.value) && option.value != option.by_default) {
      fail_about(option.field.name, ExitCode::kUsage, "{} {}: the method {} has no such option",
                 option.field.name, option.value, options.method);
    }
  }
  return method;
}

model::Training training_of(const TrainOptions& options, const cluster::Method& method,
                            const cluster::Trained& trained, std::uint64_t rows) {
  model::Training training{.rows = rows,
                           .segments_asked = options.task.segments,
                           .iterations = trained.iterations,
                           .updates = trained.updates,
                           .restarts = trained.restarts,
                           .seed = options.task.seed,
                           .converged = trained.converged,
                           .min_group = model::min_group_of(options.min_group, rows),
                           .silhouette = trained.silhouette};
  for (const cluster::MethodOption& option : method.options()) {
    training.options[std::string(option.field.name)] = option.value;
  }
  return training;
}

}  // namespace

std::vector<MethodOption> options_of_methods() {
  std::vector<MethodOption> all;
  for (const std::unique_ptr<cluster::Method>& method : cluster::all_methods()) {
    for (const cluster::MethodOption& option : method->options()) {
      if (std::ranges::none_of(all, [&](const MethodOption& other) {
            return other.field.name == option.field.name;
          })) {
        all.push_back({option.field, option.value, option.value});
      }
    }
  }
  return all;
}

void check(const MethodOption& option) {
  for (const std::unique_ptr<cluster::Method>& method : cluster::all_methods()) {
    if (method->set(option.field.name, option.value)) {
      method->check({.segments = 1});
    }
  }
}

void check(const TrainOptions& options) {
  check_fields(options);
  if (options.prepare != TrainOptions::kUsual && options.prepare != TrainOptions::kAuto) {
    fail_about("prepare", ExitCode::kUsage, "prepare {}: expected {} or {}", options.prepare,
               TrainOptions::kUsual, TrainOptions::kAuto);
  }
  features::check(options.fit);
  const std::unique_ptr<cluster::Method> method = make_method(options);
  method->check(options.task);
  if (method->wants_start() != !options.init_file.empty()) {
    fail_about("init_file", ExitCode::kUsage, "init file and a file of centroids go together");
  }
}

TrainPlan plan_training(const comm::Communicator& comm, const table::Table& table,
                        const TrainOptions& options) {
  check(options);
  cluster::check_enough_rows(table.name(), table.rows(), options.task.segments);
  TrainPlan plan;
  comm.together([&] {
    plan.selection = features::select_columns(*features::as_typed(table, options.fit), options.fit);
  });
  const std::uint64_t share = comm::share_of(table.rows(), 0, comm.size()).count;
  features::Space space{.numeric = plan.selection.numeric.size(), .levels = {}};
  for (const std::size_t column : plan.selection.categories) {
    const table::Column& found = table.columns()[column];
    space.levels.push_back(std::max<std::size_t>(
        found.levels.size(),
        features::buckets_of(features::chain_of(options.fit, found.name, true))));
  }
  const std::unique_ptr<cluster::Method> method = make_method(options);
  const cluster::TableSize size{table.rows(), space, !options.fit.id.empty()};
  plan.bytes_per_rank = bytes_of_rows(
      bytes_before_work(comm, table), share,
      features::training_row_bytes(space) + (options.fit.weight.empty() ? 0 : kBytesPerMass) +
          std::max<std::uint64_t>(kBytesPerRow, method->bytes_per_row(options.task, size)),
      method->fixed_bytes(options.task, size, comm.size()));
  require_memory(
      comm, plan.bytes_per_rank,
      fmt::format("training {} on {}", counted(options.task.segments, "segment"), table.name()),
      "use more nodes, or ask for fewer segments, runs or features");
  return plan;
}

TrainResult train(const comm::Communicator& comm, const table::Table& table,
                  const TrainOptions& asked, Observer& observer) {
  check(asked);
  cluster::check_enough_rows(table.name(), table.rows(), asked.task.segments);
  TrainOptions options = asked;
  std::vector<Decision> decisions;
  if (options.prepare == TrainOptions::kAuto) {
    DecidedRecipe decided = decide_recipe(comm, table, asked.fit, asked.min_group, observer);
    options.fit = std::move(decided.fit);
    decisions = std::move(decided.decisions);
  }
  std::unique_ptr<table::Table> typed;
  comm.together([&] { typed = features::as_typed(table, options.fit); });
  auto [fitted, faults] = prepare(comm, table, options, observer);
  tell(table, options.fit, fitted, faults, observer);

  const std::unique_ptr<cluster::Method> method = make_method(options);
  cluster::TrainTask task = options.task;
  if (method->wants_start()) {
    task.start = read_initial_centroids(comm, options.init_file, fitted.recipe, task.segments);
  }
  cluster::Trained trained;
  {
    Phases phases(observer);
    trained = method->train(comm, fitted.rows, task, phases);
  }
  tell(trained, task.segments, observer);

  model::Model model;
  const Section section(observer, "profile");
  model.profile = model::profile(comm, *typed, fitted.recipe, fitted.raw, trained.labels,
                                 trained.segmentation->segments(), fitted.rows.masses(),
                                 fitted.rows.mass_exponent());
  model.recipe = std::move(fitted.recipe);
  model.segmentation = trained.segmentation;
  model.training = training_of(options, *method, trained, table.rows());
  TrainFindings findings{.left_out = std::move(fitted.left_out),
                         .two_valued = std::move(fitted.two_valued),
                         .ids = faults,
                         .small_segments = model::small_segments(model),
                         .decisions = std::move(decisions)};
  hide_small_groups(model, findings.small_segments);
  tell(findings.small_segments, observer);
  return {std::move(model), std::move(findings), std::move(fitted.rows)};
}

}  // namespace tessera::pipeline
