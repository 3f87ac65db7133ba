/// \file
/// The inertia of a segmentation, row by row.
#pragma once

#include <span>

#include "tessera/comm/communicator.hpp"
#include "tessera/quality/labelled.hpp"

namespace tessera::quality {

/// Collective. Sum over all rows of the squared Euclidean distance to the centroid of their
/// segment, computed directly in double and added exactly, each as often as the row weighs.
/// `centroids`: segments x dimensions, row-major.
[[nodiscard]] double inertia(const comm::Communicator& comm, const Labelled& data,
                             std::span<const float> centroids);

}  // namespace tessera::quality
