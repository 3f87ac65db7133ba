/// \file
/// CentroidSums of a shard, kept up to date by the rows that move.
#pragma once

#include <cstdint>
#include <vector>

#include "cluster/kernels/kernels.hpp"
#include "cluster/kmeans/centroid_sums.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::cluster {

class ShardSums {
 public:
  /// Of `rows`, none of which is in a segment yet. Keeps a reference to their categories.
  ShardSums(const features::FeatureRows& rows, std::size_t segments, const DataFacts& facts);

  /// What follows from all changes up to the last finish_update(), and from each add().
  [[nodiscard]] const CentroidSums& sums() const { return sums_; }

  /// Adds (sign +1) or takes away (-1) one row.
  void add(std::size_t segment, const features::FeatureRows& rows, std::uint64_t row,
           std::int64_t sign);

  /// Takes `moved` rows of a block away from the segments they are in (`labels`, per row), if any,
  /// and adds them to those that they go `to`.
  void move(const BlockRows& rows, std::uint64_t moved, const Label* labels,
            const std::int32_t* to);
  /// The same of rows that have `masses`, per row. Those of mass 0 do not count.
  void move(const BlockRows& rows, std::uint64_t moved, const Label* labels, const std::int32_t* to,
            const numeric::Mass* masses);

  /// After all moves of an update; what rides along.
  void finish_update(const CentroidSums::Riders& riders);

 private:
  void move_positions(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                      const std::int32_t* to);

  CentroidSums sums_;
  const features::CategoryTables& categories_;
  /// How many rows are at each entry of the tables, which the counts of levels follow from:
  /// segments x entries.
  std::vector<std::int64_t> at_entries_;
  // for SumsView
  std::vector<float> factors_;
  simd::AlignedVector<std::int64_t> nowhere_;
  simd::AlignedVector<std::int32_t> scratch_;
};

}  // namespace tessera::cluster
