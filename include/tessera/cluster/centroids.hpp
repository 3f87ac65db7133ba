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

/// Whether rows may have none of a category's levels, see features::kNoLevel.
enum class Unseen { kPossible, kAbsent };

/// Centroids laid out for the kernels: in tiles of kTile, whose coordinates alternate.
///
/// The kernels compare rows by the score  s(x, c) = |c|^2 / 2 - x . c  =  (|x - c|^2 - |x|^2) / 2,
/// one fused multiply-add per feature instead of two operations. In this order: half the squared
/// norm, minus the entry of each of the centroid's tables, minus the products of the numeric
/// features one after the other.
///
/// An entry is the sum of the centroid's coordinates at the levels of some categories, rounded
/// once: categories of few levels share a table, which is looked up once for all of them.
class PackedCentroids {
 public:
  static constexpr std::size_t kTile = 4;
  /// A table of up to this many entries fits a vector register.
  static constexpr std::size_t kTableEntries = 16;
  /// Categories share a table of up to this many: two registers.
  static constexpr std::size_t kSharedEntries = 2 * kTableEntries;

  explicit PackedCentroids(const Centroids& centroids, Unseen unseen = Unseen::kPossible);

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] const features::Space& space() const { return space_; }

  /// What a category adds to a row's position in a table: min(code, last) * factor.
  struct Digit {
    std::size_t category;
    std::uint16_t last;
    std::uint16_t factor;
  };
  /// The entries of centroid i are at offset + i * stride.
  struct Table {
    std::size_t first_digit;
    std::size_t last_digit;  ///< one past it
    std::size_t offset;
    std::size_t stride;  ///< a multiple of kTableEntries
  };
  /// Plain pointers for the kernels, which are compiled apart for each instruction set.
  struct View {
    std::size_t count;
    const float* half_norms;   ///< [tile * kTile + lane]
    const float* coordinates;  ///< [(tile * numeric + j) * kTile + lane]
    const float* entries;
    const Table* tables;
    std::size_t table_count;
    const Digit* digits;
  };
  [[nodiscard]] View view() const;

  /// Rows' positions in the tables, of a block: what Kernels::locate() writes.
  [[nodiscard]] std::size_t positions() const {
    return tables_.size() * features::FeatureRows::kBlock;
  }

  /// Largest norm of a centroid.
  [[nodiscard]] double largest_norm() const { return largest_norm_; }

 private:
  /// Brings the categories together into tables.
  void lay_out_tables(Unseen unseen);
  /// The entries of one table of one centroid.
  void fill(const Table& table, std::span<const float> centroid, float* entries) const;

  features::Space space_;
  std::size_t count_;
  double largest_norm_ = 0;
  numeric::AlignedVector<float> half_norms_;
  numeric::AlignedVector<float> coordinates_;
  numeric::AlignedVector<float> entries_;
  std::vector<Table> tables_;
  std::vector<Digit> digits_;
};

}  // namespace tessera::cluster
