/// \file
/// The silhouette of a fixed sample of rows, cheap enough to be had in every iteration.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/cluster/assigner.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/features/feature_rows.hpp"

namespace tessera::cluster {

/// Sums over rows of the sample, in units of 2^-40: integers, that they may be added in any order.
struct SilhouetteSums {
  std::int64_t values = 0;
  std::int64_t squares = 0;
};

/// A mean silhouette; NaN without a sample.
struct SilhouetteEstimate {
  double value = 0;
  double standard_error =
      0;  ///< of the mean, as an estimate for the table; 0 if all rows are in it
};

/// Every rank holds the sample's rows, and the distances of its own share of them to all of them.
/// An iteration then needs only the sample's assignment, which every rank computes alike, and two
/// integers in the all-reduce.
///
/// The value is the silhouette (Rousseeuw 1987) within the sample: the mean over its rows of
/// (b - a) / max(a, b), 0 for a row alone in its segment; as scikit-learn's silhouette_score with
/// sample_size.
class SilhouetteMonitor {
 public:
  /// Collective. Takes min(size, rows of the table) rows, one from each of as many equal strata of
  /// the row numbers, at random by `seed`. Size 0 turns the monitor off.
  SilhouetteMonitor(const comm::Communicator& comm, const features::FeatureRows& shard,
                    std::uint64_t size, std::uint64_t seed);

  /// This rank's part of the sums over the sample. Not collective.
  [[nodiscard]] SilhouetteSums local_sums(const Assigner& assigner) const;

  /// The silhouette that the sums over all ranks stand for.
  [[nodiscard]] SilhouetteEstimate estimate(const SilhouetteSums& sums) const;

  [[nodiscard]] std::uint64_t rows() const { return sample_.rows(); }

 private:
  std::uint64_t table_rows_;
  features::FeatureRows sample_;
  comm::Share share_;
  mutable std::vector<std::int32_t> last_labels_;  ///< the sums are kept until a label changes
  mutable SilhouetteSums last_sums_;
  std::vector<float> distances_;  ///< share_.count x sample_.rows(), row-major
};

}  // namespace tessera::cluster
