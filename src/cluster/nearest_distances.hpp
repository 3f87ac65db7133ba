// Squared distances of a shard's rows to the nearest of the points taken so far, for seeding.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/cluster/data_facts.hpp"
#include "tessera/features/feature_rows.hpp"
#include "tessera/numeric/aligned.hpp"

namespace tessera::cluster {

class NearestDistances {
 public:
  /// No points yet: all distances are infinite. Keeps references.
  NearestDistances(const features::FeatureRows& rows, const DataFacts& facts);

  /// Takes in further points.
  void approach(const features::FeatureRows& points);

  /// A row's squared distance in the fixed point of DataFacts::distance_format.
  [[nodiscard]] std::int64_t quantised(std::uint64_t row) const;

  /// Sum over this rank's rows.
  [[nodiscard]] std::int64_t sum() const;

  /// This rank's first row at which the running sum exceeds `mark` (below sum()).
  [[nodiscard]] std::uint64_t row_at(std::int64_t mark) const;

  /// What sum() would be with each of the points alone taken in.
  [[nodiscard]] std::vector<std::int64_t> sums_if_approached(
      const features::FeatureRows& points) const;

 private:
  const features::FeatureRows& rows_;
  const DataFacts& facts_;
  numeric::AlignedVector<float> nearest_;  // whole blocks
};

}  // namespace tessera::cluster
