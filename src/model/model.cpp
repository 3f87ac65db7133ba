#include "tessera/model/model.hpp"

#include <fmt/format.h>

#include "model/file_parts.hpp"
#include "tessera/base/sha256.hpp"

namespace tessera::model {

std::string Model::dimension_name(std::size_t j) const {
  const std::size_t numbers = recipe.space().numeric;
  if (j < numbers) {
    return recipe.components.none() ? recipe.numeric[j].column : fmt::format("component {}", j + 1);
  }
  j -= numbers;
  for (const features::CategoryFeature& step : recipe.categories) {
    if (j < step.levels.size()) {
      return step.column + "=" + step.levels[j];
    }
    j -= step.levels.size();
  }
  return "?";
}

std::string Model::digest() const {
  io::Sha256 digest;
  // k-means is digested as in format 1, which knew nothing else
  if (const std::string_view method = segmentation->method(); method == "k-means") {
    digest.add("tessera model 1");
  } else {
    digest.add("tessera model 2");
    digest.add(method);
  }
  add_recipe(digest, recipe);
  add_segmentation(digest, *segmentation);
  return digest.hex();
}

}  // namespace tessera::model
