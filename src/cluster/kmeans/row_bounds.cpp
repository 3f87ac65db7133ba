#include "cluster/kmeans/row_bounds.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::cluster {
namespace {

constexpr float kNeverAgain = std::numeric_limits<float>::infinity();

constexpr double kBoundRoundoff = 0x1.0p-20;  // some roundings in a row, generously

// A segment is taken to drift by at least this share of the greatest drift.
constexpr double kStill = 1e-3;

}  // namespace

RowBounds::RowBounds(const features::FeatureRows& rows, std::size_t segments)
    : rows_(rows),
      segments_(segments),
      until_(rows.blocks() * kBlock),
      block_until_(rows.blocks(), kNever),
      block_radii_(rows.blocks()),
      drifts_(segments),
      drifts_f_(std::max(segments, simd::kLookupEntries), 0.0F),
      updates_per_drift_(segments) {}

void RowBounds::begin_update(const Centroids& centroids, const Assigner& assigner) {
  add_drifts(centroids);
  // Where the scores might not tell. The square root of their error is at most the sum of those of
  // its parts. And the roundings of the bounds themselves.
  margin_at_zero_ = 2 * std::sqrt(assigner.score_error(0)) +
                    kBoundRoundoff * (assigner.largest_norm() + greatest_drift_);
  margin_per_radius_ =
      2 * std::sqrt(assigner.score_error(1) - assigner.score_error(0)) + kBoundRoundoff;
}

void RowBounds::add_drifts(const Centroids& centroids) {
  if (previous_.count == segments_) {
    std::vector<double> moved(segments_);
    double greatest = 0;
    double second = 0;
    for (std::size_t i = 0; i < segments_; ++i) {
      double squared = 0;
      for (std::size_t j = 0; j < centroids.row(i).size(); ++j) {
        const double difference = double{centroids.row(i)[j]} - double{previous_.row(i)[j]};
        squared += difference * difference;
      }
      moved[i] = std::sqrt(squared);
      second = std::max(second, std::min(greatest, moved[i]));
      greatest = std::max(greatest, moved[i]);
    }
    for (std::size_t i = 0; i < segments_; ++i) {
      const double others = moved[i] == greatest ? second : greatest;
      drifts_[i] += moved[i] + others;
      greatest_drift_ = std::max(greatest_drift_, drifts_[i]);
      drifts_f_[i] = std::nextafter(static_cast<float>(drifts_[i]), kNeverAgain);
      updates_per_drift_[i] =
          static_cast<float>(1 / std::max(moved[i] + others, kStill * greatest));
    }
    block_drift_ += greatest + second;
  }
  previous_ = centroids;
}

std::uint64_t RowBounds::doubtful(std::size_t b, const Label* labels) {
  float least = 0;
  const std::uint64_t rows = kernels().doubtful(labels, until_.data() + b * kBlock, drifts(),
                                                static_cast<float>(margin(b)), least);
  if (rows == 0) {
    block_until_[b] = double{least} + block_drift_;
  }
  return rows;
}

void RowBounds::measure_radius(const BlockRows& rows, std::size_t b) {
  block_radii_[b] = std::sqrt(kernels().largest_norm(rows));
}

void RowBounds::renew(const BlockRows& rows, std::size_t b, const BlockAssignment& found,
                      double slack) {
  float* until = until_.data() + b * kBlock;
  const float least = kernels().renew(rows, found, drifts(), static_cast<float>(slack), until);
  block_until_[b] = double{least} + block_drift_;
  std::fill(until + rows_.rows_in_block(b), until + kBlock, kNeverAgain);
}

void RowBounds::renew(const BlockRows& rows, const BlockAssignment& found, double slack,
                      Renewed& out) const {
  const float least = kernels().renew(rows, found, drifts(), static_cast<float>(slack), out.until);
  out.least = double{least} + block_drift_;
}

void RowBounds::reorder(std::span<const std::size_t> blocks, std::span<const std::uint16_t> order) {
  features::reorder(until_.data(), kBlock, blocks, order);
}

void RowBounds::refresh(std::size_t b, const Label* labels) {
  float least = 0;
  (void)kernels().doubtful(labels, until_.data() + b * kBlock, drifts(), 0, least);
  block_until_[b] = double{least} + block_drift_;
  measure_radius(block_rows(rows_, b), b);
}

}  // namespace tessera::cluster
