// Models in HDF5, as FORMAT.md describes them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/model/model.hpp"
#include "tessera/table/table.hpp"

namespace tessera::model {
namespace {

constexpr std::int64_t kFormatVersion = 1;

template <typename Steps, typename Get>
auto column_of(const Steps& steps, const Get& get) {
  std::vector<std::decay_t<decltype(get(steps.front()))>> values;
  for (const auto& step : steps) {
    values.push_back(get(step));
  }
  return values;
}

template <typename T>
void write(io::H5Creator& file, const std::string& name, const std::vector<T>& values,
           std::vector<std::uint64_t> shape = {}) {
  file.write(name, std::span<const T>(values), std::move(shape));
}

std::vector<std::int64_t> as_signed(const std::vector<std::uint64_t>& values) {
  return {values.begin(), values.end()};
}

std::vector<std::uint64_t> as_unsigned(const std::vector<std::int64_t>& values) {
  return {values.begin(), values.end()};
}

std::string numbered(const std::string& group, std::size_t i) {
  return fmt::format("{}/{}", group, i);
}

void write_recipe(io::H5Creator& file, const features::Recipe& recipe) {
  using features::CategoryStep;
  using features::NumericStep;
  file.group("/recipe");
  file.attribute("/recipe", "id_column", recipe.id_column);
  file.group("/recipe/numeric");
  const auto& numeric = recipe.numeric;
  file.write_text("/recipe/numeric/column",
                  column_of(numeric, [](const NumericStep& s) { return s.column; }));
  write(file, "/recipe/numeric/impute",
        column_of(numeric, [](const NumericStep& s) { return s.impute; }));
  write(file, "/recipe/numeric/log1p",
        column_of(numeric, [](const NumericStep& s) { return std::int32_t{s.log1p ? 1 : 0}; }));
  write(file, "/recipe/numeric/offset",
        column_of(numeric, [](const NumericStep& s) { return s.offset; }));
  write(file, "/recipe/numeric/divisor",
        column_of(numeric, [](const NumericStep& s) { return s.divisor; }));
  file.group("/recipe/category");
  const auto& categories = recipe.categories;
  file.write_text("/recipe/category/column",
                  column_of(categories, [](const CategoryStep& s) { return s.column; }));
  write(file, "/recipe/category/impute",
        column_of(categories, [](const CategoryStep& s) { return std::int64_t{s.impute}; }));
  file.group("/recipe/category/levels");
  for (std::size_t c = 0; c < categories.size(); ++c) {
    file.write_text(numbered("/recipe/category/levels", c), categories[c].levels);
  }
}

features::Recipe read_recipe(const io::H5File& file) {
  const auto text = [&](const std::string& name) {
    return file.read_text(name, 0, file.dataset(name).shape.at(0));
  };
  features::Recipe recipe;
  recipe.id_column = file.text_attribute("/recipe", "id_column").value_or("");
  const std::vector<std::string> columns = text("/recipe/numeric/column");
  const auto impute = file.read_all<double>("/recipe/numeric/impute");
  const auto log1p = file.read_all<std::int32_t>("/recipe/numeric/log1p");
  const auto offset = file.read_all<double>("/recipe/numeric/offset");
  const auto divisor = file.read_all<double>("/recipe/numeric/divisor");
  for (std::size_t j = 0; j < columns.size(); ++j) {
    recipe.numeric.push_back(
        {columns[j], impute.at(j), log1p.at(j) != 0, offset.at(j), divisor.at(j)});
  }
  const std::vector<std::string> category_columns = text("/recipe/category/column");
  const auto category_impute = file.read_all<std::int64_t>("/recipe/category/impute");
  for (std::size_t c = 0; c < category_columns.size(); ++c) {
    recipe.categories.push_back({category_columns[c], text(numbered("/recipe/category/levels", c)),
                                 static_cast<std::uint32_t>(category_impute.at(c))});
  }
  return recipe;
}

void write_profile(io::H5Creator& file, const Profile& profile) {
  file.group("/profile");
  file.group("/profile/numeric");
  for (std::size_t j = 0; j < profile.numeric.size(); ++j) {
    const NumericProfile& entry = profile.numeric[j];
    const std::string group = numbered("/profile/numeric", j);
    file.group(group);
    file.attribute(group, "column", entry.column);
    file.attribute(group, "mean", entry.mean);
    file.attribute(group, "deviation", entry.deviation);
    write(file, group + "/means", entry.means);
    write(file, group + "/missing", as_signed(entry.missing));
  }
  file.group("/profile/category");
  for (std::size_t c = 0; c < profile.categories.size(); ++c) {
    const CategoryProfile& entry = profile.categories[c];
    const std::string group = numbered("/profile/category", c);
    file.group(group);
    file.attribute(group, "column", entry.column);
    file.write_text(group + "/levels", entry.levels);
    write(file, group + "/counts", as_signed(entry.counts),
          {entry.missing.size(), entry.levels.size()});
    write(file, group + "/missing", as_signed(entry.missing));
  }
}

Profile read_profile(const io::H5File& file, const features::Recipe& recipe) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  Profile profile;
  for (std::size_t j = 0; j < recipe.numeric.size(); ++j) {
    const std::string group = numbered("/profile/numeric", j);
    profile.numeric.push_back({file.text_attribute(group, "column").value_or(""),
                               file.real_attribute(group, "mean").value_or(kNaN),
                               file.real_attribute(group, "deviation").value_or(kNaN),
                               file.read_all<double>(group + "/means"),
                               as_unsigned(file.read_all<std::int64_t>(group + "/missing"))});
  }
  for (std::size_t c = 0; c < recipe.categories.size(); ++c) {
    const std::string group = numbered("/profile/category", c);
    const std::string levels = group + "/levels";
    profile.categories.push_back({file.text_attribute(group, "column").value_or(""),
                                  file.read_text(levels, 0, file.dataset(levels).shape.at(0)),
                                  as_unsigned(file.read_all<std::int64_t>(group + "/counts")),
                                  as_unsigned(file.read_all<std::int64_t>(group + "/missing"))});
  }
  return profile;
}

void write_training(io::H5Creator& file, const Training& training) {
  const std::string group = "/training";
  const auto integer = [&](const char* name, std::uint64_t value) {
    file.attribute(group, name, static_cast<std::int64_t>(value));
  };
  file.group(group);
  integer("rows", training.rows);
  integer("segments_asked", training.segments_asked);
  integer("iterations", training.iterations);
  integer("updates", training.updates);
  integer("restarts", training.restarts);
  integer("seed", training.seed);
  integer("converged", training.converged ? 1 : 0);
  integer("silhouette_rows", training.silhouette_rows);
  file.attribute(group, "inertia", training.inertia);
  file.attribute(group, "silhouette", training.silhouette);
  file.attribute(group, "silhouette_error", training.silhouette_error);
  file.attribute(group, "init", training.init);
}

Training read_training(const io::H5File& file) {
  const std::string group = "/training";
  const auto integer = [&](const char* name) {
    return static_cast<std::uint64_t>(file.integer_attribute(group, name).value_or(0));
  };
  Training training;
  training.rows = integer("rows");
  training.segments_asked = integer("segments_asked");
  training.iterations = integer("iterations");
  training.updates = integer("updates");
  training.restarts = integer("restarts");
  training.seed = integer("seed");
  training.converged = integer("converged") != 0;
  training.silhouette_rows = integer("silhouette_rows");
  training.inertia = file.real_attribute(group, "inertia").value_or(0);
  training.silhouette = file.real_attribute(group, "silhouette").value_or(0);
  training.silhouette_error = file.real_attribute(group, "silhouette_error").value_or(0);
  training.init = file.text_attribute(group, "init").value_or("");
  return training;
}

constexpr const char* kProvenanceKeys[] = {"created", "version", "input", "host", "ranks"};

/// Refuses what a file can claim to hold but no training could have made.
void check(const Model& model, const std::string& digest, const std::string& path) {
  const std::size_t dimensions = model.recipe.space().dimensions();
  const bool whole =
      model.centroids.count > 0 && model.sizes.size() == model.centroids.count &&
      model.centroids.values.size() == model.centroids.count * dimensions && dimensions > 0 &&
      std::ranges::all_of(model.centroids.values, [](float c) { return std::isfinite(c); }) &&
      std::ranges::all_of(model.recipe.numeric,
                          [](const features::NumericStep& step) {
                            return std::isfinite(step.impute) && std::isfinite(step.offset) &&
                                   step.divisor > 0 && std::isfinite(step.divisor);
                          }) &&
      std::ranges::all_of(model.recipe.categories, [](const features::CategoryStep& step) {
        return step.impute < step.levels.size() && std::ranges::is_sorted(step.levels);
      });
  if (!whole || model.digest() != digest) {
    fail(ExitCode::kBadData, "{}: the model in this file is damaged; train it again", path);
  }
}

Model read(const std::string& path) {
  const io::H5File file(path);
  const std::string format = file.text_attribute("/", "tessera_format").value_or("");
  if (format != "model") {
    fail(
        ExitCode::kBadData, "{}: {}, not a model; give the file that 'tessera train' wrote", path,
        format.empty() ? "an HDF5 file that Tessera did not write" : "a " + format + " of Tessera");
  }
  const std::int64_t version = file.integer_attribute("/", "format_version").value_or(0);
  if (version != kFormatVersion) {
    fail(ExitCode::kBadData,
         "{}: model format {}, but this version of Tessera reads format {}; use the version that "
         "wrote it ({})",
         path, version, kFormatVersion,
         file.text_attribute("/provenance", "version").value_or("unknown"));
  }
  Model model;
  model.recipe = read_recipe(file);
  model.centroids.space = model.recipe.space();
  model.centroids.count = file.dataset("/centroids").shape.at(0);
  model.centroids.values = file.read_all<float>("/centroids");
  model.sizes = as_unsigned(file.read_all<std::int64_t>("/sizes"));
  model.profile = read_profile(file, model.recipe);
  model.training = read_training(file);
  for (const char* key : kProvenanceKeys) {
    if (auto value = file.text_attribute("/provenance", key)) {
      model.provenance[key] = *value;
    }
  }
  check(model, file.text_attribute("/", "digest").value_or(""), path);
  return model;
}

}  // namespace

void save(const comm::Communicator& comm, const Model& model, io::OutputFile& output) {
  comm.together([&] {
    if (!comm.is_root()) {
      return;
    }
    io::H5Creator file(output.temporary_path(), output.path());
    file.attribute("/", "tessera_format", std::string("model"));
    file.attribute("/", "format_version", kFormatVersion);
    file.attribute("/", "digest", model.digest());
    write_recipe(file, model.recipe);
    write(file, "/centroids", model.centroids.values,
          {model.centroids.count, model.centroids.space.dimensions()});
    write(file, "/sizes", as_signed(model.sizes));
    write_profile(file, model.profile);
    write_training(file, model.training);
    file.group("/provenance");
    for (const auto& [key, value] : model.provenance) {
      file.attribute("/provenance", key, value);
    }
    file.close();
  });
  output.commit();
}

bool is_model(const comm::Communicator& comm, const std::string& path) {
  bool answer = false;
  comm.together([&] {
    if (table::split_path(path).object.empty()) {
      answer = io::H5File(path).text_attribute("/", "tessera_format") == "model";
    }
  });
  return answer;
}

Model load(const comm::Communicator& comm, const std::string& path) {
  Model model;
  comm.together([&] {
    try {
      model = read(path);
    } catch (const std::out_of_range&) {
      fail(ExitCode::kBadData, "{}: the model in this file is damaged; train it again", path);
    }
  });
  return model;
}

}  // namespace tessera::model
