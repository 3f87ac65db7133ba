/// \file
/// Centroids, as people and files see them and as the distance kernels read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/features/feature_rows.hpp"
#include "tessera/numeric/aligned.hpp"

namespace tessera::cluster {

/// k centroids in a feature space, dense: row-major k x dimensions().
struct Centroids {
  features::Space space;
  std::size_t count = 0;
  std::vector<float> values;

  Centroids() = default;
  Centroids(features::Space in_space, std::size_t k)
      : space(std::move(in_space)), count(k), values(k * space.dimensions()) {}

  [[nodiscard]] std::span<float> row(std::size_t i) {
    return {values.data() + i * space.dimensions(), space.dimensions()};
  }
  [[nodiscard]] std::span<const float> row(std::size_t i) const {
    return {values.data() + i * space.dimensions(), space.dimensions()};
  }
  bool operator==(const Centroids&) const = default;
};

/// Centroids laid out for the kernels: in tiles of kTile, whose coordinates alternate.
///
/// The kernels compare rows by the score  s(x, c) = |c|^2 / 2 - x . c  =  (|x - c|^2 - |x|^2) / 2,
/// one fused multiply-add per feature instead of two operations. In this order: half the squared
/// norm, minus the centroid's entry for each category's code, minus the products of the numeric
/// features one after the other.
class PackedCentroids {
 public:
  static constexpr std::size_t kTile = 4;
  /// A table of up to this many entries fits a vector register.
  static constexpr std::size_t kTableEntries = 16;

  explicit PackedCentroids(const Centroids& centroids);

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] const features::Space& space() const { return space_; }

  /// Plain pointers for the kernels, which are compiled apart for each instruction set.
  struct View {
    std::size_t count;
    const float* half_norms;   ///< [tile * kTile + lane]
    const float* coordinates;  ///< [(tile * numeric + j) * kTile + lane]
    const float* tables;       ///< category c of centroid i: at offsets[c] + i * strides[c]
    const std::size_t* table_offsets;
    const std::size_t* table_strides;  ///< multiples of kTableEntries
    const std::uint16_t* levels;  ///< entry levels[c] of a table is 0: for rows without a level
  };
  [[nodiscard]] View view() const;

  /// Largest norm of a centroid.
  [[nodiscard]] double largest_norm() const { return largest_norm_; }

 private:
  features::Space space_;
  std::size_t count_;
  double largest_norm_ = 0;
  numeric::AlignedVector<float> half_norms_;
  numeric::AlignedVector<float> coordinates_;
  numeric::AlignedVector<float> tables_;
  std::vector<std::size_t> table_offsets_;
  std::vector<std::size_t> table_strides_;
  std::vector<std::uint16_t> levels_;
};

}  // namespace tessera::cluster
