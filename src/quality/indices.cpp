// The list of indices: what a new one is added to.
#include <array>

#include "quality/indices/list.hpp"

namespace tessera::quality {

std::span<const Index> all_indices() {
  static const std::array all = {
      inertia_index(),
      silhouette_index(),
      calinski_harabasz_index(),
      davies_bouldin_index(),
      simplified_silhouette_index(),
  };
  return all;
}

}  // namespace tessera::quality
