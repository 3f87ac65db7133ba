/// \file
/// Integer sums of the rows of each segment: what an iteration all-reduces.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "cluster/data_facts.hpp"
#include "cluster/kernels/kernels.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::cluster {

/// Per segment: the sum of its rows over each dimension (fixed point for numeric features, counts
/// for levels), its size and its mass. Being integers, the sums may be updated by the rows that
/// moved, in any order, without drift.
///
/// Rows that have masses are added as often as these say, in 128 bits; those of mass 0 are never
/// counted.
class CentroidSums {
 public:
  /// Other integers that are wanted over all ranks ride along in the same message.
  using Riders = std::array<std::int64_t, 3>;

  CentroidSums(const features::Space& space, std::size_t segments, const DataFacts& facts);

  /// Adds (sign +1) or takes away (-1) one row that has no mass.
  void add(std::size_t segment, const features::FeatureRows& rows, std::uint64_t row,
           std::int64_t sign);
  /// Adds a row of a block `mass` times, or takes it away where that is negative, and `rows` of the
  /// segment's size. `categories`: how its categories are stored.
  void add_mass(std::size_t segment, const BlockRows& block, std::size_t row,
                const features::CategoryTables& categories, numeric::Int128 mass,
                std::int64_t rows);

  /// The sums over all ranks of each of `mine`: one all-reduce. This rank's sums stay as they are.
  [[nodiscard]] static std::vector<CentroidSums> all_reduced(
      const comm::Communicator& comm, std::span<const CentroidSums* const> mine);

  [[nodiscard]] std::int64_t size(std::size_t segment) const {
    return values_[segment * stride_ + dimensions_];
  }
  /// How often the segment's rows count, in units of mass: as many as they are, if they have none.
  [[nodiscard]] numeric::Int128 mass(std::size_t segment) const {
    return weighted() ? massive_[(segment + 1) * (dimensions_ + 1) - 1] : size(segment);
  }
  /// What they weigh.
  [[nodiscard]] double weight(std::size_t segment) const;
  /// Sum over the segment's rows of dimension `j`, in units of mass.
  [[nodiscard]] double sum(std::size_t segment, std::size_t j) const;

  /// The squared distance, at most, of a row to itself in the fixed point of the sums.
  [[nodiscard]] double squared_step() const;

  /// The mean of each segment whose rows count; others keep the centroid they have in `previous`.
  [[nodiscard]] Centroids means(const Centroids& previous) const;

  /// Sum of squared distances of all rows to the centroids of the segments they are counted in,
  /// from the sums alone:  sum |x|^2 - 2 sum c.S_c + sum n_c |c|^2, each row as often as it weighs.
  [[nodiscard]] double inertia(const Centroids& centroids) const;

  [[nodiscard]] Riders riders() const {
    return {values_[riders_], values_[riders_ + 1], values_[riders_ + 2]};
  }
  void set_riders(const Riders& riders);

  [[nodiscard]] std::size_t segments() const { return segments_; }
  /// The sums as the kernels update them: their place, without what else a SumsView has.
  [[nodiscard]] SumsView view() {
    return {.values = values_.data(),
            .stride = stride_,
            .size_at = dimensions_,
            .factors = nullptr,
            .nowhere = nullptr,
            .scratch = nullptr};
  }
  [[nodiscard]] bool weighted() const { return facts_->weighted; }
  /// Counts of a segment's rows by level, category after category.
  [[nodiscard]] std::span<std::int64_t> levels(std::size_t segment) {
    return std::span(values_).subspan(segment * stride_ + numeric_, dimensions_ - numeric_);
  }

 private:
  [[nodiscard]] [[gnu::noinline]] double massive_sum(std::size_t segment, std::size_t j) const;

  const DataFacts* facts_;
  std::size_t numeric_;
  std::size_t dimensions_;
  std::size_t segments_;
  std::size_t stride_;                        ///< dimensions + 1 (the size), in whole cache lines
  std::vector<double> level_values_;          ///< of the dimensions of levels
  std::size_t riders_;                        ///< segments * stride: where the riders start
  simd::AlignedVector<std::int64_t> values_;  ///< segments x stride, riders
  /// Of rows that have masses: segments x (dimensions, mass), in place of those in values_.
  std::vector<numeric::Int128> massive_;
};

}  // namespace tessera::cluster
