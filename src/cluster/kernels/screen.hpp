// A first look at a block in 16-bit integers: faster than in floats where arithmetic is the limit.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cluster/kernels/kernels.hpp"
#include "tessera/cluster/centroids.hpp"
#include "tessera/simd/aligned.hpp"

namespace tessera::cluster {

/// Finds the nearest centroids of most rows, and says of which rows it is not certain. What it is
/// certain of is what Assigner finds, whatever the rounding to fixed point.
///
/// With rows and centroids rounded to integers, x s = x' + d and c t = c' + g, and h the integer
/// nearest to s t |c|^2 / 2 but for an error e, a score s(x, c) times s t is
///
///     (h - x' . c')  -  (e + x' . g + t d . c),
///
/// the first term in integers. So the scores of two centroids a, b are in the right order if those
/// of the integers are further apart than
///
///     2 |e|  +  |x'| (|g_a| + |g_b|)  +  t |d| |c_a - c_b|
///
/// at their largest for rows of the block's radius.
class Screen {
 public:
  /// Whether that is faster than floats, as a rule.
  [[nodiscard]] static bool suits(const features::Space& space, std::size_t segments);

  Screen(const Centroids& centroids, double largest_norm);

  /// Whether it pays to go on, from the share of rows that were uncertain.
  [[nodiscard]] bool pays() const { return uncertain_ <= screened_ / 4 + kGrace; }

  /// Sets `label`, per row; gives the rows whose label may be wrong. `radius` is the greatest norm
  /// of the rows, as computed in single precision: it is widened here.
  [[nodiscard]] std::uint64_t labels(const BlockRows& rows, float radius, std::int32_t* label);

 private:
  static constexpr std::uint64_t kGrace = 256;  // rows

  [[nodiscard]] ScreenScale scale(double radius) const;

  double dimensions_;
  double largest_norm_;
  double factor_ = 0;            // t: of the centroids; 0 if they cannot be represented
  double greatest_residue_ = 0;  // |g|
  std::uint64_t screened_ = 0;   // rows
  std::uint64_t uncertain_ = 0;
  std::size_t tiles_ = 0;
  simd::AlignedVector<float> half_norms_;
  simd::AlignedVector<std::int32_t> pairs_;
  simd::AlignedVector<std::int32_t> half_norms_scratch_;
  simd::AlignedVector<std::int32_t> rows_scratch_;
};

}  // namespace tessera::cluster
