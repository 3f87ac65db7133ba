#include "tessera/model/small_segments.hpp"

#include <cmath>
#include <numeric>

namespace tessera::model {
namespace {

constexpr std::uint64_t kFewCustomers = 3;
constexpr std::uint64_t kOneOf = 1000;
constexpr std::uint64_t kFewRows = 30;

}  // namespace

std::vector<SmallSegment> small_segments(const Model& model) {
  const auto& sizes = model.sizes();
  const auto rows = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  std::vector<SmallSegment> found;
  const std::uint64_t segments = sizes.size();
  if (rows < kFewRows || 2 * segments * kFewCustomers > rows || 2 * segments > kOneOf) {
    return found;
  }
  for (std::size_t segment = 0; segment < sizes.size(); ++segment) {
    // a thousandth need not be whole
    if (sizes[segment] >= kFewCustomers && sizes[segment] * kOneOf >= rows) {
      continue;
    }
    SmallSegment small{.segment = segment, .customers = sizes[segment], .column = {}};
    double farthest = 0;
    for (std::size_t j = 0; j < model.profile.numeric.size(); ++j) {
      const NumericProfile& column = model.profile.numeric[j];
      const double distance = std::fabs(column.means[segment] - column.mean) / column.deviation;
      if (distance > farthest && std::isfinite(distance)) {  // NaN is not
        farthest = distance;
        small.column = column.column;
        small.mean = column.means[segment];
        small.mean_of_all = column.mean;
        small.has_log1p = model.recipe.numeric[j].find("log1p") != nullptr;
      }
    }
    found.push_back(small);
  }
  return found;
}

}  // namespace tessera::model
