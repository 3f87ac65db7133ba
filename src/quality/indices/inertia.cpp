#include "tessera/quality/inertia.hpp"

#include "quality/indices/list.hpp"

namespace tessera::quality {
namespace {

IndexValue compute(IndexTask& task) {
  return IndexValue(
      {.value = inertia(task.comm(), task.data(), task.centroids()), .rows = task.rows()});
}

}  // namespace

/// The sum over all rows of the squared distance to the centroid of their segment.
Index inertia_index() {
  return {.name = "inertia",
          .title = "inertia",
          .source =
              "MacQueen, \"Some methods for classification and analysis of multivariate "
              "observations\", Proc. 5th Berkeley Symposium, 1967",
          .better = Better::kLower,
          .needs_centroids = true,
          .needs_segments = false,
          .digits = 8,
          .compute = compute};
}

}  // namespace tessera::quality
