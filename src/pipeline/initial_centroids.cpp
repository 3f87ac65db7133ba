#include "pipeline/initial_centroids.hpp"

#include <algorithm>

#include "tessera/base/error.hpp"
#include "tessera/features/preparer.hpp"
#include "tessera/model/model.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {
namespace {

/// Position of the step for `column`, which the model must have.
template <typename Step>
std::size_t step_of(const std::vector<Step>& steps, const std::string& column,
                    const std::string& path) {
  const auto at = std::ranges::find(steps, column, &Step::column);
  if (at == steps.end()) {
    fail(ExitCode::kBadData,
         "{}: this model knows no feature \"{}\" of that kind; start from a model that was trained "
         "on the same columns",
         path, column);
  }
  return static_cast<std::size_t>(at - steps.begin());
}

cluster::Centroids from_model(const model::Model& model, const features::Recipe& recipe,
                              const std::string& path) {
  const cluster::Centroids* const old = model.segmentation->centroids();
  if (old == nullptr) {
    fail(ExitCode::kBadData, "{}: a model without centroids ({}) to start from", path,
         model.segmentation->method());
  }
  cluster::Centroids centroids(recipe.space(), model.segments());
  std::vector<std::size_t> old_numbers;
  for (const features::NumericFeature& feature : recipe.numeric) {
    old_numbers.push_back(step_of(model.recipe.numeric, feature.column, path));
  }
  for (std::size_t i = 0; i < centroids.count; ++i) {
    const std::vector<double> old_raw = model.recipe.restore(old->row(i).first(old->space.numeric));
    std::vector<double> raw;
    raw.reserve(old_numbers.size());
    for (const std::size_t old_j : old_numbers) {
      raw.push_back(old_raw[old_j]);
    }
    std::ranges::copy(recipe.point_of(raw), centroids.row(i).begin());
  }
  for (std::size_t c = 0; c < recipe.categories.size(); ++c) {
    const std::vector<std::string>& levels = recipe.categories[c].levels;
    const std::size_t old_c = step_of(model.recipe.categories, recipe.categories[c].column, path);
    const std::vector<std::string>& old_levels = model.recipe.categories[old_c].levels;
    const std::size_t first = centroids.space.first_dimension(c);
    const std::size_t old_first = old->space.first_dimension(old_c);
    const double value = centroids.space.level_value(c);
    const double old_value = old->space.level_value(old_c);
    for (std::size_t level = 0; level < levels.size(); ++level) {
      const auto at = std::ranges::find(old_levels, levels[level]);
      if (at == old_levels.end()) {
        continue;  // a new level: no segment had it
      }
      const auto old_level = static_cast<std::size_t>(at - old_levels.begin());
      for (std::size_t i = 0; i < centroids.count; ++i) {
        const float old_coordinate = old->row(i)[old_first + old_level];
        centroids.row(i)[first + level] =
            value == old_value ? old_coordinate
                               : static_cast<float>(double{old_coordinate} / old_value * value);
      }
    }
  }
  return centroids;
}

cluster::Centroids from_table(const comm::Communicator& comm, const table::Table& table,
                              const features::Recipe& recipe) {
  // each rank prepares its share, for it may have no other rows; all of them need all
  const comm::Share share = comm::share_of(table.rows(), comm.rank(), comm.size());
  cluster::Centroids mine(recipe.space(), share.count);
  comm.together([&] {
    features::FeatureRows rows(recipe.space(), share.count, share.first);
    features::PreparedCounts counts;
    features::Preparer(recipe, table).prepare(share.first, rows, counts);
    for (std::uint64_t i = 0; i < rows.rows(); ++i) {
      rows.expand(i, mine.row(i));
    }
  });
  comm.together([&] { table.check_unchanged(); });
  cluster::Centroids centroids(recipe.space(), table.rows());
  centroids.values = comm.all_gather(mine.values);
  return centroids;
}

void check_count(const std::string& path, std::uint64_t found, std::size_t segments) {
  if (found != segments) {
    fail_about("segments", ExitCode::kBadData,
               "{}: holds {} centroids, but {} segments are asked for", path, found, segments);
  }
}

}  // namespace

cluster::Centroids read_initial_centroids(const comm::Communicator& comm, const std::string& path,
                                          const features::Recipe& recipe, std::size_t segments) {
  if (model::is_model(comm, path)) {
    const model::Model model = model::load(comm, path);
    check_count(path, model.segments(), segments);
    cluster::Centroids centroids;
    comm.together([&] { centroids = from_model(model, recipe, path); });
    return centroids;
  }
  const std::unique_ptr<table::Table> table = table::open_table(comm, path);
  check_count(path, table->rows(), segments);
  return from_table(comm, *table, recipe);
}

}  // namespace tessera::pipeline
