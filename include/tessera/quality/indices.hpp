/// \file
/// Indices of a segmentation that need one or two passes over the rows. All are the same bits at
/// any number of ranks: rows are measured in double and added exactly.
#pragma once

#include <optional>
#include <span>

#include "tessera/comm/communicator.hpp"
#include "tessera/quality/labelled.hpp"

namespace tessera::quality {

/// Collective. Sum over all rows of the squared Euclidean distance to the centroid of their
/// segment, computed directly in double. `centroids`: segments x dimensions, row-major.
[[nodiscard]] double inertia(const comm::Communicator& comm, const Labelled& data,
                             std::span<const float> centroids);

/// Indices that compare the spread within segments with the distances between them. Both use the
/// means of the segments' rows, whatever centroids the rows were assigned with, and leave out empty
/// segments. Not defined (no value) unless is_comparable().
struct SpreadIndices {
  /// (B / (k - 1)) / (W / (n - k)) with the squared distances B between means and the overall mean,
  /// and W between rows and their mean; 1 if W is 0 (Calinski and Harabasz, "A dendrite method for
  /// cluster analysis", Communications in Statistics 3, 1974). Higher is better.
  std::optional<double> calinski_harabasz;
  /// Mean over the segments of max (S_i + S_j) / M_ij, S being the mean distance of a segment's
  /// rows to their mean and M the distance of two means; 0 if all S or all M are 0 (Davies and
  /// Bouldin, "A cluster separation measure", IEEE PAMI 1(2), 1979). Lower is better.
  std::optional<double> davies_bouldin;
};

/// Collective.
[[nodiscard]] SpreadIndices spread_indices(const comm::Communicator& comm, const Labelled& data);

}  // namespace tessera::quality
