/// \file
/// Euclidean distances in double, in one fixed order of operations: over the numeric features from
/// first to last, then the categories. Vector lanes are rows: the bits are the same at every SIMD
/// level.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::features {

/// Distances from one row to the rows of a block.
using BlockDistances = std::span<double, FeatureRows::kBlock>;

/// Distance from a row, given by its numeric features and category codes, to each row of block
/// `block`; past the block's last row the values mean nothing. Two rows that differ in a category
/// differ in two of its one-hot dimensions, hence in squared distance by 2, times the square of the
/// levels' value if that is not 1; a level and kNoLevel differ in one.
void distances(const FeatureRows& rows, std::size_t block, const float* numbers,
               const std::uint16_t* codes, BlockDistances out);

/// Likewise from local row `row` to each row of the block.
void distances(const FeatureRows& rows, std::size_t block, std::uint64_t row, BlockDistances out);

/// Collective. An upper bound of the distance between any two rows that count: the diagonal of the
/// box that holds them. 0 without rows.
[[nodiscard]] double distance_bound(const comm::Communicator& comm, const FeatureRows& rows);

/// Points of the feature space, one per segment, ready to measure rows against.
///
/// Its squared distances are sparse: of a category's one-hot block e, which has v at its level, and
/// the point's p, |e - p|^2 is taken as |p|^2 + v^2 - 2 v p[code]. Their last bits may differ from
/// those of cluster's squared_distances(), which walk through all levels and decide where a row
/// belongs. What is measured of segments that stand (inertia, indices, scores) is sparse. Walking
/// through the levels there too would change digests of models, which hold the inertia, and cost a
/// score of 5 categories 7 % more instructions.
class Points {
 public:
  /// `coordinates`: segments x dimensions, row-major.
  Points(const Space& space, std::vector<double> coordinates);

  [[nodiscard]] std::span<const double> point(std::size_t segment) const {
    return std::span(coordinates_).subspan(segment * dimensions_, dimensions_);
  }

  /// Squared distance from local row `row` to the point of `segment`.
  [[nodiscard]] double sparse_squared_distance(const FeatureRows& rows, std::uint64_t row,
                                               std::size_t segment) const;
  /// The same from each row of block `block` to the point of its own segment, `segments[i]`.
  void sparse_squared_distances(const FeatureRows& rows, std::size_t block,
                                std::span<const std::int32_t> segments, double* out) const;
  /// The same, bit for bit, to the point of one `segment`, in vectors; past the block's last row
  /// the values mean nothing.
  void sparse_squared_distances(const FeatureRows& rows, std::size_t block, std::size_t segment,
                                BlockDistances out) const;

 private:
  Space space_;
  std::size_t dimensions_;
  std::vector<double> coordinates_;
  std::vector<double> norms_;  // segments x categories: squared length of the point's block
  struct Level {
    double square = 1;  // of a row's value in the dimension of its level
    double twice = 2;
  };
  std::vector<Level> levels_;  // of each category
};

}  // namespace tessera::features
