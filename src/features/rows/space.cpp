#include "tessera/features/rows/space.hpp"

#include <numeric>

namespace tessera::features {

std::size_t Space::dimensions() const {
  return std::accumulate(levels.begin(), levels.end(), numeric);
}

std::size_t Space::first_dimension(std::size_t c) const {
  return std::accumulate(levels.begin(), levels.begin() + static_cast<std::ptrdiff_t>(c), numeric);
}

double Space::categories_norm() const {
  double norm = 0;
  for (std::size_t c = 0; c < categories(); ++c) {
    norm += level_value(c) * level_value(c);
  }
  return norm;
}

}  // namespace tessera::features
