/// \file
/// The silhouette of a fixed sample of rows, cheap enough to be had in every iteration.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/quality/estimate.hpp"

namespace tessera::quality {

/// Sums over rows of the sample, in units of 2^-40: integers, that they may be added in any order.
struct SilhouetteSums {
  std::int64_t values = 0;
  std::int64_t squares = 0;
};

/// Every rank holds the sample's rows, and the distances of its own share of them to all of them.
/// An iteration then needs only the segments of the sample's rows, which every rank finds alike,
/// and two integers in the all-reduce. Sums of distances are kept in fixed point, so that they can
/// follow the rows that moved.
///
/// The value is the silhouette (Rousseeuw 1987) within the sample: the mean over its rows of
/// (b - a) / max(a, b), 0 for a row alone in its segment; as scikit-learn's silhouette_score with
/// sample_size.
///
/// Where rows have masses, or several of a key are drawn as one, the sample is drawn in proportion
/// to these (features::draw_rows), and each of its rows stands for as many as its mass is a
/// multiple of the others'; all rows of a small table are in it, and count as often as they weigh.
class SilhouetteMonitor {
 public:
  /// Collective. Takes min(size, rows of the table) rows, at random by `seed` and the rows' keys.
  /// Size 0 turns the monitor off.
  SilhouetteMonitor(const comm::Communicator& comm, const features::FeatureRows& shard,
                    std::uint64_t size, std::uint64_t seed);

  /// The silhouette that the sums over all ranks stand for; NaN without a sample.
  [[nodiscard]] Estimate estimate(const SilhouetteSums& sums) const;

  [[nodiscard]] std::uint64_t rows() const { return sample_.rows(); }
  /// The sample, on every rank.
  [[nodiscard]] const features::FeatureRows& sample() const { return sample_; }

 private:
  friend class SilhouetteTracker;

  /// How often a row of the sample counts, and of these it leaves itself out.
  [[nodiscard]] std::int64_t times(std::uint64_t row) const {
    return times_.empty() ? 1 : times_[row];
  }
  [[nodiscard]] std::int64_t itself(std::uint64_t row) const { return std::min(times(row), one_); }
  void weigh(const comm::Communicator& comm, const features::FeatureRows& shard,
             std::span<const std::uint64_t> mine, std::span<const std::uint64_t> places);

  std::uint64_t table_rows_ = 0;  ///< that can be in a sample
  features::FeatureRows sample_;
  std::vector<std::int64_t> times_;  ///< of the sample's rows; empty: once each
  std::int64_t one_ = 1;
  std::int64_t all_times_ = 0;
  double effective_rows_ = 0;  ///< of the sample, for its standard error
  comm::Share share_;
  numeric::FixedPoint format_;           ///< of sums of distances
  std::vector<std::int64_t> distances_;  ///< sample x share: of all rows to those of the share
};

/// Follows the segments of the monitor's sample in one run. Not collective. Keeps a reference.
class SilhouetteTracker {
 public:
  SilhouetteTracker(const SilhouetteMonitor& monitor, std::size_t segments);

  /// This rank's part of the sums over the sample, whose rows are now in the segments `labels`: one
  /// each, the same on all ranks.
  [[nodiscard]] SilhouetteSums update(std::span<const std::int32_t> labels);

 private:
  /// False if no label changed.
  bool relabel(std::span<const std::int32_t> labels);
  void add(std::uint64_t row, std::size_t segment, std::int64_t sign);
  [[nodiscard]] SilhouetteSums silhouettes() const;

  const SilhouetteMonitor& monitor_;
  std::vector<std::int32_t> labels_;      ///< of the sample's rows; -1: none yet
  std::vector<std::int64_t> sizes_;       ///< of the segments within the sample
  std::vector<std::int64_t> to_segment_;  ///< segment x share: sums of distances to its rows
  SilhouetteSums sums_;
};

}  // namespace tessera::quality
