// The common end of methods whose segments are those of the nearest centroid.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "cluster/kmeans/lloyd.hpp"
#include "tessera/cluster/centroid_segmentation.hpp"
#include "tessera/cluster/method.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

using MakeSegmentation =
    std::function<std::shared_ptr<const Segmentation>(CentroidSegmentation::Values)>;

/// Collective. What was trained, from its last run, in the observer's phase "measure": assigns the
/// rows, and measures row by row the inertia, which follows from the sums while iterating.
[[nodiscard]] Trained measured(const comm::Communicator& comm, const features::FeatureRows& rows,
                               LloydRun run, std::uint64_t restarts, TrainingObserver& observer,
                               const MakeSegmentation& make);

}  // namespace tessera::cluster
