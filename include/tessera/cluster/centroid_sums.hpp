/// \file
/// Integer sums of the rows of each segment: what an iteration all-reduces.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tessera/cluster/centroids.hpp"
#include "tessera/cluster/data_facts.hpp"
#include "tessera/cluster/kernels.hpp"
#include "tessera/cluster/monitor.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/feature_rows.hpp"

namespace tessera::cluster {

/// Per segment: the sum of its rows over each dimension (fixed point for numeric features, counts
/// for levels) and its size; and three numbers that ride along in the same message. Being integers,
/// the sums may be updated by the rows that moved, in any order, without drift.
class CentroidSums {
 public:
  /// Of rows stored like `rows`.
  CentroidSums(const features::FeatureRows& rows, std::size_t segments, const DataFacts& facts);

  /// Adds (sign +1) or takes away (-1) one row of the shard.
  void add(std::size_t segment, const features::FeatureRows& rows, std::uint64_t row,
           std::int64_t sign);

  /// Takes `moved` rows of a block away from the segments they are in (`labels`, per row), if any,
  /// and adds them to those that they go `to`. Levels are right after finish_update().
  void move(const BlockRows& rows, std::uint64_t moved, const Label* labels,
            const std::int32_t* to);

  /// After all moves of an update; what rides along: rows that moved, and the monitor's sums.
  void finish_update(std::int64_t moved, const SilhouetteSums& silhouette);

  /// The sums over all ranks of each of `mine`: one all-reduce. This rank's sums stay as they are.
  [[nodiscard]] static std::vector<CentroidSums> all_reduced(
      const comm::Communicator& comm, std::span<const CentroidSums* const> mine);

  [[nodiscard]] std::int64_t size(std::size_t segment) const {
    return values_[segment * stride_ + dimensions_];
  }
  /// Sum over the segment's rows of dimension `j`.
  [[nodiscard]] double sum(std::size_t segment, std::size_t j) const;

  /// The squared distance, at most, of a row to itself in the fixed point of the sums.
  [[nodiscard]] double squared_step() const;

  /// The mean of each segment that has rows; others keep the centroid they have in `previous`.
  [[nodiscard]] Centroids means(const Centroids& previous) const;

  /// Sum of squared distances of all rows to the centroids of the segments they are counted in,
  /// from the sums alone:  sum |x|^2 - 2 sum c.S_c + sum n_c |c|^2.
  [[nodiscard]] double inertia(const Centroids& centroids) const;

  [[nodiscard]] std::int64_t moved() const { return values_[riders_]; }
  [[nodiscard]] SilhouetteSums silhouette() const {
    return {values_[riders_ + 1], values_[riders_ + 2]};
  }

 private:
  void move_positions(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                      const std::int32_t* to);

  const DataFacts* facts_;
  std::size_t numeric_;
  std::size_t dimensions_;
  std::size_t segments_;
  std::size_t stride_;  ///< dimensions + 1 (the size), in whole cache lines
  std::size_t riders_;  ///< segments * stride: where the riders start
  numeric::AlignedVector<std::int64_t> values_;  ///< segments x stride, riders
  features::CategoryTables categories_;
  /// How many of this rank's rows are at each entry of the tables: what the counts of levels follow
  /// from. segments x entries
  std::vector<std::int64_t> at_entries_;
  // for SumsView
  std::vector<float> factors_;
  numeric::AlignedVector<std::int64_t> nowhere_;
  numeric::AlignedVector<std::int32_t> scratch_;
};

}  // namespace tessera::cluster
