// Recipes in a model file.
#include <type_traits>

#include "model/file_parts.hpp"

namespace tessera::model {
namespace {

template <typename Steps, typename Get>
auto column_of(const Steps& steps, const Get& get) {
  std::vector<std::decay_t<decltype(get(steps.front()))>> values;
  for (const auto& step : steps) {
    values.push_back(get(step));
  }
  return values;
}

}  // namespace

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

void add_recipe(io::Sha256& digest, const features::Recipe& recipe) {
  digest.add(std::uint64_t{recipe.numeric.size()});
  for (const features::NumericStep& step : recipe.numeric) {
    digest.add(step.column);
    digest.add(step.impute);
    digest.add(std::uint64_t{step.log1p ? 1U : 0U});
    digest.add(step.offset);
    digest.add(step.divisor);
  }
  digest.add(std::uint64_t{recipe.categories.size()});
  for (const features::CategoryStep& step : recipe.categories) {
    digest.add(step.column);
    digest.add(std::uint64_t{step.impute});
    digest.add(std::uint64_t{step.levels.size()});
    for (const std::string& level : step.levels) {
      digest.add(level);
    }
  }
}

}  // namespace tessera::model
