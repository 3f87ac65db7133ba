#include "tessera/quality/silhouette.hpp"

#include "quality/indices/list.hpp"

namespace tessera::quality {
namespace {

IndexValue compute(IndexTask& task) {
  return silhouette(task.comm(), task.data(), task.sampling(), task.progress()).value();
}

}  // namespace

/// See silhouette().
Index silhouette_index() {
  return {.name = "silhouette",
          .title = "silhouette",
          .source =
              "Rousseeuw, \"Silhouettes: a graphical aid to the interpretation and validation "
              "of cluster analysis\", J. Comput. Appl. Math. 20, 1987",
          .better = Better::kHigher,
          .detailed = true,
          .digits = 4,
          .compute = compute};
}

}  // namespace tessera::quality
