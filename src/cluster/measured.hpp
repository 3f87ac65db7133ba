// What is measured of centroids once they stand.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "cluster/assign.hpp"
#include "tessera/cluster/centroid_segmentation.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/quality/inertia.hpp"

namespace tessera::cluster {

/// Collective. Centroids with their inertia, which follows from the sums while iterating, and is
/// measured row by row here: `labels` are those of this rank's rows.
[[nodiscard]] inline CentroidSegmentation::Values measured(const comm::Communicator& comm,
                                                           const features::FeatureRows& rows,
                                                           std::span<const std::int32_t> labels,
                                                           Centroids centroids,
                                                           std::vector<std::uint64_t> sizes) {
  CentroidSegmentation::Values values{std::move(centroids), std::move(sizes), 0};
  values.inertia = quality::inertia(comm, {rows, labels, static_cast<int>(values.centroids.count)},
                                    values.centroids.values);
  return values;
}

}  // namespace tessera::cluster
