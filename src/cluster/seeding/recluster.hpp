// k-means on the few weighted rows of a coreset.
#pragma once

#include <cstdint>

#include "cluster/seeding/coreset.hpp"
#include "tessera/cluster/centroids.hpp"

namespace tessera::cluster {

/// k centroids of little weighted inertia: greedy k-means++ and a few of Lloyd's iterations, the
/// best of eight starts (of 256 / k, if that is fewer, but at least one). All ranks compute the
/// same. Not collective.
[[nodiscard]] Centroids recluster(const Coreset& points, std::size_t k, std::uint64_t seed,
                                  std::uint32_t restart);

}  // namespace tessera::cluster
