// Where the segments' rows are, and how far from there.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/distances.hpp"
#include "tessera/quality/labelled.hpp"

namespace tessera::quality {

struct SegmentSpread {
  std::vector<double> sums;       ///< of coordinates, segments x dimensions
  features::Points means;         ///< of each segment's rows; 0 of an empty segment
  std::vector<double> squares;    ///< by segment: squared distances of its rows to their mean
  std::vector<double> distances;  ///< likewise not squared
};

/// Collective. Each row counts as often as it weighs. `weights`: of the segments' rows.
[[nodiscard]] SegmentSpread segment_spread(const comm::Communicator& comm, const Labelled& data,
                                           std::span<const double> weights);

[[nodiscard]] double square_between(std::span<const double> a, std::span<const double> b);

}  // namespace tessera::quality
