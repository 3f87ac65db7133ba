/// \file
/// Centroids, as people and files see them and as the distance kernels read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/features/rows/category_tables.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/simd/aligned.hpp"

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
/// norm, minus the entry of each of the centroid's tables, minus the products of the numeric
/// features one after the other.
///
/// An entry is the sum of the centroid's coordinates at the levels of some categories, times the
/// rows' values there, rounded once: categories of few levels share a table, which is looked up
/// once for all of them.
class PackedCentroids {
 public:
  static constexpr std::size_t kTile = 4;

  /// For rows stored by `categories`, which it keeps a reference to.
  PackedCentroids(const Centroids& centroids, const features::CategoryTables& categories);

  [[nodiscard]] std::size_t count() const { return count_; }

  /// Plain pointers for the kernels, which are compiled apart for each instruction set.
  struct View {
    std::size_t count;
    const float* half_norms;   ///< [tile * kTile + lane]
    const float* coordinates;  ///< [(tile * numeric + j) * kTile + lane]
    /// those of centroid i of a table: from count * offset + i * stride on
    const float* entries;
  };
  [[nodiscard]] View view() const;

  [[nodiscard]] const features::CategoryTables& categories() const { return categories_; }

  /// Largest norm of a centroid.
  [[nodiscard]] double largest_norm() const { return largest_norm_; }

 private:
  /// The entries of one table of one centroid.
  void fill(const features::CategoryTables::Table& table, std::span<const float> centroid,
            float* entries) const;

  features::Space space_;
  const features::CategoryTables& categories_;
  std::size_t count_;
  double largest_norm_ = 0;
  simd::AlignedVector<float> half_norms_;
  simd::AlignedVector<float> coordinates_;
  simd::AlignedVector<float> entries_;
};

}  // namespace tessera::cluster
