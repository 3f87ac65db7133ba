// Recipes in a model file and in its digest.

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

#include "model/file_parts.hpp"
#include "tessera/base/error.hpp"

namespace tessera::model {
namespace {

using features::CategoryFeature;
using features::Components;
using features::DerivedColumn;
using features::FittedStep;
using features::NumericFeature;
using features::Place;

const std::string kComponents = "/recipe/components";

[[noreturn]] void fail_unknown(const io::H5File& file, std::string_view does,
                               const std::string& what) {
  fail(ExitCode::kBadData,
       "{}: the model {} \"{}\", which this version of Tessera does not know; use the version that "
       "wrote it ({})",
       file.path(), does, what, file.text_attribute("/provenance", "version").value_or("unknown"));
}

FittedStep step_of(const io::H5File& file, const std::string& name, const std::string& argument) {
  const features::StepKind* const kind = features::find_step_kind(name);
  if (kind == nullptr || (!kind->is_for_numbers() && kind->place() != Place::kEncode)) {
    fail_unknown(file, "prepares a column by step", name);
  }
  return {kind, argument, std::vector<double>(kind->numbers(argument).size())};
}

/// The steps of all features one after the other, and how many each has.
std::vector<NumericFeature> read_numeric(const io::H5File& file) {
  std::vector<NumericFeature> features;
  const std::vector<std::string> columns = file.read_all_text("/recipe/numeric/column");
  const auto steps = file.read_all<std::int32_t>("/recipe/numeric/steps");
  const std::vector<std::string> names = file.read_all_text("/recipe/step/name");
  const std::vector<std::string> arguments = file.read_all_text("/recipe/step/argument");
  const auto numbers = file.read_all<double>("/recipe/step/numbers");
  std::size_t next_step = 0;
  std::size_t next_number = 0;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    features.push_back({columns[j], {}});
    for (std::int32_t i = 0; i < steps.at(j); ++i, ++next_step) {
      FittedStep step = step_of(file, names.at(next_step), arguments.at(next_step));
      for (double& number : step.numbers) {
        number = numbers.at(next_number++);
      }
      features.back().steps.push_back(std::move(step));
    }
  }
  return features;
}

/// Whether a category has more to tell than its levels.
bool tells_more(const CategoryFeature& feature) {
  return feature.factor != 1 || feature.buckets != 0;
}

bool tells_more(const features::Recipe& recipe) {
  return std::ranges::any_of(recipe.categories,
                             [](const CategoryFeature& feature) { return tells_more(feature); });
}

std::vector<DerivedColumn> read_derived(const io::H5File& file) {
  std::vector<DerivedColumn> derived;
  const std::vector<std::string> names = file.read_all_text("/recipe/derived/column");
  const std::vector<std::string> kinds = file.read_all_text("/recipe/derived/kind");
  const std::vector<std::string> first = file.read_all_text("/recipe/derived/of");
  const std::vector<std::string> second = file.read_all_text("/recipe/derived/by");
  const auto references = file.read_all<double>("/recipe/derived/reference");
  const std::vector<std::string> formats = file.read_all_text("/recipe/derived/format");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto kind = features::derivation_of(kinds.at(i));
    if (!kind) {
      fail_unknown(file, "makes a column by", kinds[i]);
    }
    derived.push_back({.name = names[i],
                       .kind = *kind,
                       .columns = {first.at(i)},
                       .reference = references.at(i),
                       .format = formats.at(i)});
    if (*kind == features::Derivation::kRatio) {
      derived.back().columns.push_back(second.at(i));
    }
  }
  return derived;
}

void write_derived(io::H5Creator& file, std::span<const DerivedColumn> derived) {
  std::vector<std::string> names;
  std::vector<std::string> kinds;
  std::vector<std::string> first;
  std::vector<std::string> second;
  std::vector<double> references;
  std::vector<std::string> formats;
  for (const DerivedColumn& column : derived) {
    names.push_back(column.name);
    kinds.emplace_back(features::name_of(column.kind));
    first.push_back(column.columns.front());
    second.push_back(column.columns.size() > 1 ? column.columns.back() : "");
    references.push_back(column.reference);
    formats.push_back(column.format);
  }
  file.group("/recipe/derived");
  file.write_text("/recipe/derived/column", names);
  file.write_text("/recipe/derived/kind", kinds);
  file.write_text("/recipe/derived/of", first);
  file.write_text("/recipe/derived/by", second);
  write(file, "/recipe/derived/reference", references);
  file.write_text("/recipe/derived/format", formats);
}

std::vector<CategoryFeature> read_categories(const io::H5File& file) {
  const bool tells_more = file.has_dataset("/recipe/category/factor");
  std::vector<CategoryFeature> features;
  const std::vector<std::string> columns = file.read_all_text("/recipe/category/column");
  const auto impute = file.read_all<std::int64_t>("/recipe/category/impute");
  const std::vector<double> factors = tells_more ? file.read_all<double>("/recipe/category/factor")
                                                 : std::vector<double>(columns.size(), 1.0);
  const std::vector<std::int64_t> buckets =
      tells_more ? file.read_all<std::int64_t>("/recipe/category/buckets")
                 : std::vector<std::int64_t>(columns.size(), 0);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (impute.at(c) < 0 || impute[c] >= features::kMissingLevel) {
      throw std::out_of_range("no such level");
    }
    features.push_back({columns[c], file.read_all_text(numbered("/recipe/category/levels", c)),
                        static_cast<std::uint32_t>(impute[c]), factors.at(c),
                        static_cast<std::uint32_t>(buckets.at(c))});
  }
  return features;
}

/// Format 1: the same steps for all, but for the logarithm.
std::vector<NumericFeature> read_numeric_1(const io::H5File& file) {
  std::vector<NumericFeature> features;
  const std::vector<std::string> columns = file.read_all_text("/recipe/numeric/column");
  const auto impute = file.read_all<double>("/recipe/numeric/impute");
  const auto log1p = file.read_all<std::int32_t>("/recipe/numeric/log1p");
  const auto offset = file.read_all<double>("/recipe/numeric/offset");
  const auto divisor = file.read_all<double>("/recipe/numeric/divisor");
  for (std::size_t j = 0; j < columns.size(); ++j) {
    NumericFeature feature{columns[j], {step_of(file, "impute", "median")}};
    feature.steps[0].numbers = {impute.at(j)};
    if (log1p.at(j) != 0) {
      feature.steps.push_back(step_of(file, "log1p", ""));
    }
    feature.steps.push_back(step_of(file, divisor.at(j) == 1 ? "none" : "standard", ""));
    feature.steps.back().numbers = {offset.at(j), divisor.at(j)};
    features.push_back(std::move(feature));
  }
  return features;
}

Components read_components(const io::H5File& file) {
  Components components;
  components.means = file.read_all<double>(kComponents + "/means");
  components.loadings = file.read_all<double>(kComponents + "/loadings");
  components.variances = file.read_all<double>(kComponents + "/variances");
  components.total = file.real_attribute(kComponents, "total").value_or(0);
  if (components.none()) {
    throw std::out_of_range("no components");
  }
  return components;
}

bool is_sound(const NumericFeature& feature) {
  const auto& steps = feature.steps;
  const auto place = [](const FittedStep& step) { return step.kind->place(); };
  return std::ranges::is_sorted(steps, {}, place) &&
         std::ranges::count(steps, Place::kEncode, place) <= 1 &&
         std::ranges::count(steps, Place::kImpute, place) == 1 &&
         std::ranges::count(steps, Place::kScale, place) == 1 &&
         std::ranges::count(steps, Place::kWeight, place) <= 1 &&
         std::ranges::all_of(steps, [](const FittedStep& step) {
           return std::ranges::all_of(step.numbers, [](double x) { return std::isfinite(x); }) &&
                  step.kind->accepts(step.numbers);
         });
}

/// Whether the first version could have fitted it: to the median, perhaps a logarithm, a mean taken
/// off and a deviation or nothing divided by.
bool is_of_version_1(const NumericFeature& feature) {
  const auto name = [&](std::size_t i) { return feature.steps[i].kind->name(); };
  const std::size_t last = feature.steps.size() - 1;
  return feature.steps[0].argument == "median" &&
         (last == 1 || (last == 2 && name(1) == "log1p")) &&
         (name(last) == "standard" || name(last) == "none");
}

}  // namespace

void write_recipe(io::H5Creator& file, const features::Recipe& recipe) {
  std::vector<std::string> columns;
  std::vector<std::int32_t> steps;
  std::vector<std::string> names;
  std::vector<std::string> arguments;
  std::vector<double> numbers;
  for (const NumericFeature& feature : recipe.numeric) {
    columns.push_back(feature.column);
    steps.push_back(static_cast<std::int32_t>(feature.steps.size()));
    for (const FittedStep& step : feature.steps) {
      names.emplace_back(step.kind->name());
      arguments.push_back(step.argument);
      numbers.insert(numbers.end(), step.numbers.begin(), step.numbers.end());
    }
  }
  file.group("/recipe");
  file.attribute("/recipe", "id_column", recipe.id_column);
  if (!recipe.weight_column.empty()) {
    file.attribute("/recipe", "weight_column", recipe.weight_column);
  }
  file.group("/recipe/numeric");
  file.write_text("/recipe/numeric/column", columns);
  file.write("/recipe/numeric/steps", std::span<const std::int32_t>(steps), {});
  file.group("/recipe/step");
  file.write_text("/recipe/step/name", names);
  file.write_text("/recipe/step/argument", arguments);
  file.write("/recipe/step/numbers", std::span<const double>(numbers), {});

  columns.clear();
  std::vector<std::int64_t> impute;
  file.group("/recipe/category");
  file.group("/recipe/category/levels");
  for (std::size_t c = 0; c < recipe.categories.size(); ++c) {
    columns.push_back(recipe.categories[c].column);
    impute.push_back(recipe.categories[c].impute);
    file.write_text(numbered("/recipe/category/levels", c), recipe.categories[c].levels);
  }
  file.write_text("/recipe/category/column", columns);
  file.write("/recipe/category/impute", std::span<const std::int64_t>(impute), {});
  if (tells_more(recipe)) {
    std::vector<double> factors;
    std::vector<std::int64_t> buckets;
    for (const CategoryFeature& feature : recipe.categories) {
      factors.push_back(feature.factor);
      buckets.push_back(feature.buckets);
    }
    write(file, "/recipe/category/factor", factors);
    write(file, "/recipe/category/buckets", buckets);
  }
  if (!recipe.derived.empty()) {
    write_derived(file, recipe.derived);
  }
  if (const Components& components = recipe.components; !components.none()) {
    file.group(kComponents);
    file.attribute(kComponents, "total", components.total);
    write(file, kComponents + "/means", components.means);
    write(file, kComponents + "/loadings", components.loadings,
          {components.count(), components.features()});
    write(file, kComponents + "/variances", components.variances);
  }
}

std::int64_t format_of(const features::Recipe& recipe) {
  return tells_more(recipe) || !recipe.derived.empty() || !recipe.weight_column.empty()
             ? kFormatVersion
         : !recipe.components.none() ? kFormatWithoutDerived
                                     : kFormatWithoutComponents;
}

features::Recipe read_recipe(const io::H5File& file, std::int64_t version) {
  const bool has_components = version == kFormatWithoutDerived ||
                              (version > kFormatWithoutDerived && file.has_group(kComponents));
  return {.id_column = file.text_attribute("/recipe", "id_column").value_or(""),
          .weight_column = file.text_attribute("/recipe", "weight_column").value_or(""),
          .derived =
              file.has_group("/recipe/derived") ? read_derived(file) : std::vector<DerivedColumn>(),
          .numeric = version == 1 ? read_numeric_1(file) : read_numeric(file),
          .components = has_components ? read_components(file) : Components{},
          .categories = read_categories(file)};
}

bool is_sound(const features::Recipe& recipe) {
  return recipe.components.is_sound(recipe.numeric.size()) &&
         std::ranges::all_of(recipe.derived,
                             [](const DerivedColumn& column) { return is_sound(column); }) &&
         std::ranges::all_of(recipe.numeric,
                             [](const NumericFeature& feature) { return is_sound(feature); }) &&
         std::ranges::all_of(recipe.categories, [](const CategoryFeature& feature) {
           return std::isfinite(feature.factor) && feature.factor > 0 &&
                  feature.impute < feature.levels.size() &&
                  feature.levels.size() < features::kMissingLevel &&
                  std::ranges::is_sorted(feature.levels, std::less_equal<>());
         });
}

void add_recipe(io::Sha256& hash, const features::Recipe& recipe) {
  hash.add(std::uint64_t{recipe.numeric.size()});
  for (const NumericFeature& feature : recipe.numeric) {
    hash.add(feature.column);
    if (is_of_version_1(feature)) {
      hash.add(feature.impute());
      hash.add(std::uint64_t{feature.steps.size() > 2 ? 1U : 0U});
      hash.add(feature.steps.back().numbers.at(0));
      hash.add(feature.steps.back().numbers.at(1));
      continue;
    }
    hash.add("steps");
    hash.add(std::uint64_t{feature.steps.size()});
    for (const FittedStep& step : feature.steps) {
      hash.add(step.kind->name());
      if (step.kind->place() == Place::kEncode) {
        hash.add(step.argument);  // its levels
      }
      for (const double number : step.numbers) {
        hash.add(number);
      }
    }
  }
  if (!recipe.components.none()) {
    hash.add("components");
    hash.add(std::uint64_t{recipe.components.count()});
    for (const std::vector<double>* numbers :
         {&recipe.components.means, &recipe.components.loadings, &recipe.components.variances}) {
      for (const double number : *numbers) {
        hash.add(number);
      }
    }
    hash.add(recipe.components.total);
  }
  hash.add(std::uint64_t{recipe.categories.size()});
  for (const CategoryFeature& feature : recipe.categories) {
    hash.add(feature.column);
    hash.add(std::uint64_t{feature.impute});
    hash.add(std::uint64_t{feature.levels.size()});
    for (const std::string& level : feature.levels) {
      hash.add(level);
    }
  }
  if (tells_more(recipe)) {
    hash.add("factors and buckets of categories");
    for (const CategoryFeature& feature : recipe.categories) {
      hash.add(feature.factor);
      hash.add(std::uint64_t{feature.buckets});
    }
  }
  if (!recipe.derived.empty()) {
    hash.add("derived columns");
    hash.add(std::uint64_t{recipe.derived.size()});
    for (const DerivedColumn& column : recipe.derived) {
      hash.add(column.name);
      hash.add(features::name_of(column.kind));
      for (const std::string& of : column.columns) {
        hash.add(of);
      }
      hash.add(column.reference);
      hash.add(column.format);
    }
  }
}

}  // namespace tessera::model
