#include "cluster/kernels/screen.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tessera::cluster {
namespace {

constexpr std::size_t kTile = PackedCentroids::kTile;
constexpr std::size_t kLanes = 16;

// Rows and centroids scaled to these norms have scores of 31 bits with some room for roundings, and
// entries of 16 bits.
constexpr double kScaledNorm = 45000;
constexpr double kScaledEntry = 32766;

// Norms beyond these are left to the exact kernels: with others, nothing here over- or underflows.
constexpr double kSmallest = 0x1p-40;
constexpr double kLargest = 0x1p40;

constexpr double kFloatRoundoff = 0x1p-24;
constexpr double kDoubleRoundoff = 0x1p-53;

std::int32_t negated_pair(double lower, double upper) {
  const auto bits = [](double x) { return static_cast<std::uint16_t>(-std::lrint(x)); };
  return std::bit_cast<std::int32_t>(std::uint32_t{bits(lower)} | std::uint32_t{bits(upper)}
                                                                      << 16U);
}

}  // namespace

bool Screen::suits(const features::Space& space, std::size_t segments) {
  // From here on the screen takes less than 0.9 of the time of floats (kernels_benchmark). A
  // category costs a lookup in integers as in floats.
  constexpr std::size_t kLeastFeatures = 8;
  constexpr std::size_t kLeastSegments = 24;
  return kernels().screen != nullptr && space.categories() == 0 &&
         space.numeric >= kLeastFeatures && segments >= kLeastSegments;
}

Screen::Screen(const Centroids& centroids, double largest_norm)
    : dimensions_(static_cast<double>(centroids.space.numeric)), largest_norm_(largest_norm) {
  if (!(largest_norm >= kSmallest && largest_norm <= kLargest)) {
    return;
  }
  double greatest = 0;
  for (const float value : centroids.values) {
    greatest = std::max(greatest, std::abs(double{value}));
  }
  factor_ = std::min(kScaledNorm / largest_norm, kScaledEntry / greatest);

  const std::size_t pairs = (centroids.space.numeric + 1) / 2;
  tiles_ = (centroids.count + kTile - 1) / kTile;
  const std::size_t padded = (tiles_ * kTile + kLanes - 1) / kLanes * kLanes;
  half_norms_.resize(padded, std::numeric_limits<float>::infinity());
  half_norms_scratch_.resize(padded);
  pairs_.resize(tiles_ * kTile * pairs, 0);
  rows_scratch_.resize(pairs * BlockRows::kRows);
  for (std::size_t i = 0; i < centroids.count; ++i) {
    const std::span<const float> row = centroids.row(i);
    double norm = 0;
    double residue = 0;
    for (std::size_t j = 0; j < row.size(); ++j) {
      const double scaled = double{row[j]} * factor_;
      const double lost = scaled - std::rint(scaled);
      norm += double{row[j]} * double{row[j]};
      residue += lost * lost;
      if (j % 2 == 0) {
        const double next = j + 1 < row.size() ? double{row[j + 1]} * factor_ : 0.0;
        pairs_[((i / kTile) * pairs + j / 2) * kTile + i % kTile] = negated_pair(scaled, next);
      }
    }
    half_norms_[i] = static_cast<float>(norm / 2);
    greatest_residue_ = std::max(greatest_residue_, std::sqrt(residue));
  }
}

ScreenScale Screen::scale(double radius) const {
  ScreenScale scale{};
  scale.rows = static_cast<float>(
      std::min(kScaledNorm / (largest_norm_ / 2 + radius), kScaledEntry / radius));
  const double factor = double{scale.rows};
  const double product = factor * factor_;
  scale.scores = static_cast<float>(product);

  // the half norm, its factor and their product are floats
  const double half_norms = 1 + 4 * kFloatRoundoff * product * largest_norm_ * largest_norm_ / 2;
  // entries of up to kScaledEntry are products in single precision
  const double lost = std::sqrt(dimensions_) * (0.5 + 2 * kScaledEntry * kFloatRoundoff);
  const double scaled_norm = factor * radius + lost;
  const double between = 2 * largest_norm_;  // centroids, at most
  // what decides otherwise is double precision, with roundings of its own
  const double direct = product * (dimensions_ + 4) * kDoubleRoundoff * (radius + largest_norm_) *
                        (radius + largest_norm_);
  const double threshold =
      2 * half_norms + 2 * scaled_norm * greatest_residue_ + factor_ * lost * between + direct;
  scale.threshold =
      static_cast<std::uint32_t>(std::min(std::ceil(threshold * (1 + kFloatRoundoff)), 0x1p32 - 1));
  return scale;
}

std::uint64_t Screen::labels(const BlockRows& rows, float radius, std::int32_t* label) {
  // the radius is a square root of a sum in single precision
  const double bound = double{radius} * (1 + (dimensions_ + 4) * kFloatRoundoff);
  screened_ += BlockRows::kRows;
  std::uint64_t uncertain = ~std::uint64_t{0};
  if (factor_ > 0 && bound <= kLargest) {
    const ScreenView view{.tiles = tiles_,
                          .half_norms = half_norms_.data(),
                          .pairs = pairs_.data(),
                          .half_norms_scratch = half_norms_scratch_.data(),
                          .rows_scratch = rows_scratch_.data()};
    uncertain = kernels().screen(rows, view, scale(bound), label);
  }
  uncertain_ += static_cast<std::uint64_t>(std::popcount(uncertain));
  return uncertain;
}

}  // namespace tessera::cluster
