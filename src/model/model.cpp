#include "tessera/model/model.hpp"

#include "tessera/base/sha256.hpp"

namespace tessera::model {

std::string Model::dimension_name(std::size_t j) const {
  if (j < recipe.numeric.size()) {
    return recipe.numeric[j].column;
  }
  j -= recipe.numeric.size();
  for (const features::CategoryStep& step : recipe.categories) {
    if (j < step.levels.size()) {
      return step.column + "=" + step.levels[j];
    }
    j -= step.levels.size();
  }
  return "?";
}

std::string Model::digest() const {
  io::Sha256 hash;
  hash.add("tessera model 1");
  hash.add(std::uint64_t{recipe.numeric.size()});
  for (const features::NumericStep& step : recipe.numeric) {
    hash.add(step.column);
    hash.add(step.impute);
    hash.add(std::uint64_t{step.log1p ? 1U : 0U});
    hash.add(step.offset);
    hash.add(step.divisor);
  }
  hash.add(std::uint64_t{recipe.categories.size()});
  for (const features::CategoryStep& step : recipe.categories) {
    hash.add(step.column);
    hash.add(std::uint64_t{step.impute});
    hash.add(std::uint64_t{step.levels.size()});
    for (const std::string& level : step.levels) {
      hash.add(level);
    }
  }
  hash.add(std::uint64_t{centroids.count});
  hash.add(centroids.values);
  for (const std::uint64_t size : sizes) {
    hash.add(size);
  }
  hash.add(training.inertia);
  return hash.hex();
}

}  // namespace tessera::model
