// Squared distances of a shard's rows to the nearest of the points taken so far, for seeding.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cluster/data_facts.hpp"
#include "cluster/kernels/kernels.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::cluster {

/// Points in the form that the kernel `approach` takes: one after the other.
class FlatPoints {
 public:
  explicit FlatPoints(const features::FeatureRows& points);
  FlatPoints(const FlatPoints&) = delete;  // its parts point at each other
  FlatPoints& operator=(const FlatPoints&) = delete;

  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// Brings block `b` of `rows`, stored like the points, nearer to one, which is known as `label`.
  void approach(const Kernels& kernels, const features::FeatureRows& rows, std::size_t b,
                std::uint64_t point, std::int32_t label, float* nearest,
                std::int32_t* labels) const;

 private:
  std::uint64_t count_;
  std::size_t numeric_;
  std::size_t tables_;
  std::vector<float> numbers_;
  simd::AlignedVector<float> unequal_;  // see PointPosition
  std::vector<PointPosition> positions_;
};

class NearestDistances {
 public:
  /// No points yet: all distances are infinite. Keeps references.
  NearestDistances(const features::FeatureRows& rows, const DataFacts& facts);

  /// Takes in further points.
  void approach(const features::FeatureRows& points);

  /// How many were taken in.
  [[nodiscard]] std::size_t points() const { return points_; }

  /// The squared distance of each row.
  [[nodiscard]] std::span<const float> squared() const { return {nearest_.data(), rows_.rows()}; }

  /// A row's nearest point, in the order in which they were taken in; the earlier in a tie.
  [[nodiscard]] std::size_t label(std::uint64_t row) const {
    return static_cast<std::size_t>(labels_[row]);
  }

  /// Sum of squared() over this rank's rows, each as often as its mass says, in the fixed point of
  /// DataFacts::distance_format.
  [[nodiscard]] numeric::Int128 sum() const;

  /// What sum() would be with each of the points alone taken in.
  [[nodiscard]] std::vector<numeric::Int128> sums_if_approached(
      const features::FeatureRows& points) const;

  /// Collective. `count` rows in proportion to squared() and to their masses, see draw_rows().
  /// `sum`: sum() of all ranks.
  [[nodiscard]] std::vector<std::uint64_t> draw(const comm::Communicator& comm, std::uint64_t count,
                                                const numeric::KeyedRandom& random,
                                                numeric::Int128 sum) const;

 private:
  [[nodiscard]] std::uint64_t quantised(float squared) const {
    return static_cast<std::uint64_t>(facts_.distance_format.quantise(double{squared}));
  }
  /// The same as often as the row counts.
  [[nodiscard]] numeric::Int128 massive(std::uint64_t row, float squared) const {
    return rows_.counts(row) ? numeric::Int128{rows_.masses()[row]} * quantised(squared) : 0;
  }

  const features::FeatureRows& rows_;
  const DataFacts& facts_;
  std::size_t points_ = 0;
  simd::AlignedVector<float> nearest_;  // whole blocks
  simd::AlignedVector<std::int32_t> labels_;
};

}  // namespace tessera::cluster
