#include "tessera/quality/silhouette_monitor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tessera/features/rows/distances.hpp"
#include "tessera/features/rows/draw_rows.hpp"
#include "tessera/features/rows/gather.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::quality {
namespace {

using features::FeatureRows;

constexpr double kUnit = 0x1.0p40;

FeatureRows draw_sample(const comm::Communicator& comm, const FeatureRows& shard,
                        std::uint64_t size, std::uint64_t seed) {
  const numeric::Random random(seed, numeric::kMonitorSample);
  const std::vector<std::uint64_t> rows =
      features::draw_rows(comm, shard, size, random.keyed(0, 0));
  return features::gather_by_key(comm, shard, rows).rows;
}

}  // namespace

SilhouetteMonitor::SilhouetteMonitor(const comm::Communicator& comm, const FeatureRows& shard,
                                     std::uint64_t size, std::uint64_t seed)
    : table_rows_(comm.all_sum(shard.rows())),
      sample_(draw_sample(comm, shard, size, seed)),
      share_(comm::share_of(sample_.rows(), comm.rank(), comm.size())) {
  const std::uint64_t count = share_.count;
  std::vector<double> distances(sample_.rows() * count);
  double largest = 0;
  std::array<double, FeatureRows::kBlock> to_block{};
  for (std::uint64_t i = 0; i < count; ++i) {
    for (std::size_t b = 0; b < sample_.blocks(); ++b) {
      features::distances(sample_, b, share_.first + i, to_block);
      for (std::size_t other = 0; other < sample_.rows_in_block(b); ++other) {
        distances[(b * FeatureRows::kBlock + other) * count + i] = to_block[other];
        largest = std::max(largest, to_block[other]);
      }
    }
  }
  format_ = numeric::FixedPoint::for_sum(comm.all_max(largest), sample_.rows());
  distances_.resize(distances.size());
  std::ranges::transform(distances, distances_.begin(),
                         [&](double value) { return format_.quantise(value); });
}

Estimate SilhouetteMonitor::estimate(const SilhouetteSums& sums) const {
  Estimate estimate{.rows = rows(), .variant = Variant::kWithinSample};
  if (rows() == 0) {
    estimate.value = std::numeric_limits<double>::quiet_NaN();
    estimate.standard_error = estimate.value;
    return estimate;
  }
  const auto count = static_cast<double>(rows());
  const double mean = static_cast<double>(sums.values) / kUnit / count;
  estimate.value = mean;
  if (rows() < table_rows_ && rows() >= 2) {
    const double variance = static_cast<double>(sums.squares) / kUnit / count - mean * mean;
    estimate.standard_error = std::sqrt(std::max(0.0, variance) / (count - 1));
  }
  return estimate;
}

SilhouetteTracker::SilhouetteTracker(const SilhouetteMonitor& monitor, std::size_t segments)
    : monitor_(monitor),
      labels_(monitor.rows(), -1),
      sizes_(segments),
      to_segment_(segments * monitor.share_.count) {}

SilhouetteSums SilhouetteTracker::update(std::span<const std::int32_t> labels) {
  if (relabel(labels)) {
    sums_ = silhouettes();
  }
  return sums_;
}

bool SilhouetteTracker::relabel(std::span<const std::int32_t> labels) {
  bool changed = false;
  for (std::uint64_t row = 0; row < labels_.size(); ++row) {
    if (labels_[row] == labels[row]) {
      continue;
    }
    if (labels_[row] >= 0) {
      add(row, static_cast<std::size_t>(labels_[row]), -1);
    }
    labels_[row] = labels[row];
    add(row, static_cast<std::size_t>(labels_[row]), +1);
    changed = true;
  }
  return changed;
}

void SilhouetteTracker::add(std::uint64_t row, std::size_t segment, std::int64_t sign) {
  sizes_[segment] += sign;
  const std::uint64_t share = monitor_.share_.count;
  const std::int64_t* distances = monitor_.distances_.data() + row * share;
  std::int64_t* sums = to_segment_.data() + segment * share;
  for (std::uint64_t i = 0; i < share; ++i) {
    sums[i] += sign * distances[i];
  }
}

SilhouetteSums SilhouetteTracker::silhouettes() const {
  const comm::Share& share = monitor_.share_;
  SilhouetteSums sums;
  for (std::uint64_t i = 0; i < share.count; ++i) {
    const auto own = static_cast<std::size_t>(labels_[share.first + i]);
    if (sizes_[own] < 2) {
      continue;
    }
    const auto mean_distance = [&](std::size_t segment, std::int64_t rows) {
      return monitor_.format_.value(to_segment_[segment * share.count + i]) /
             static_cast<double>(rows);
    };
    const double a = mean_distance(own, sizes_[own] - 1);
    double b = std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < sizes_.size(); ++s) {
      if (s != own && sizes_[s] > 0) {
        b = std::min(b, mean_distance(s, sizes_[s]));
      }
    }
    if (const double greater = std::max(a, b); greater > 0 && std::isfinite(greater)) {
      const double silhouette = (b - a) / greater;
      sums.values += std::llrint(silhouette * kUnit);
      sums.squares += std::llrint(silhouette * silhouette * kUnit);
    }
  }
  return sums;
}

}  // namespace tessera::quality
