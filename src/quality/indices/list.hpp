// The indices, one per file beside this one.
#pragma once

#include "tessera/quality/index.hpp"

namespace tessera::quality {

Index inertia_index();
Index silhouette_index();
Index calinski_harabasz_index();
Index davies_bouldin_index();
Index simplified_silhouette_index();

}  // namespace tessera::quality
