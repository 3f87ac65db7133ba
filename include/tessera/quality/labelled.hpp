/// \file
/// What every index of this layer judges: prepared rows and the segment of each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/numeric/int128.hpp"

namespace tessera::quality {

/// A rank's shard of a segmented table. The shards of all ranks together are the table, in rank
/// order. Segments may be empty, and so may shards.
struct Labelled {
  const features::FeatureRows& rows;
  std::span<const std::int32_t> labels;  ///< segment of each local row, in [0, segments)
  int segments;                          ///< at least 1, the same on all ranks

  [[nodiscard]] std::size_t segment(std::uint64_t row) const {
    return static_cast<std::size_t>(labels[row]);
  }
};

/// Collective. Number of rows of each segment over all ranks, of those that count. Throws kInternal
/// on all ranks if there is not one label per row, or if a label is no segment.
[[nodiscard]] std::vector<std::uint64_t> segment_sizes(const comm::Communicator& comm,
                                                       const Labelled& data);

/// Collective. How often the rows of each segment count, in units of mass; as many as they are
/// where they have none.
[[nodiscard]] std::vector<numeric::Int128> segment_masses(const comm::Communicator& comm,
                                                          const Labelled& data);

/// The domain of the indices that compare segments, as in scikit-learn: at least two segments with
/// rows, and fewer of them than rows, of which there are as many as `sizes` say, or `rows` that
/// these stand for. Outside it these indices are "not defined".
[[nodiscard]] bool is_comparable(std::span<const std::uint64_t> sizes);
[[nodiscard]] bool is_comparable(std::span<const std::uint64_t> sizes, double rows);

}  // namespace tessera::quality
