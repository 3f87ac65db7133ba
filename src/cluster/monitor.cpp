#include "tessera/cluster/monitor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include "tessera/features/distances.hpp"
#include "tessera/features/gather.hpp"
#include "tessera/numeric/random.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

constexpr double kUnit = 0x1.0p40;

std::vector<std::uint64_t> sample_numbers(std::uint64_t rows, std::uint64_t size,
                                          std::uint64_t seed) {
  const numeric::Random random(seed, numeric::kMonitorSample);
  const std::uint64_t count = std::min(size, rows);
  std::vector<std::uint64_t> numbers;
  numbers.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const comm::Share stratum = comm::share_of(rows, static_cast<int>(i), static_cast<int>(count));
    numbers.push_back(stratum.first + random.below(stratum.count, i, 0));
  }
  return numbers;
}

}  // namespace

SilhouetteMonitor::SilhouetteMonitor(const comm::Communicator& comm, const FeatureRows& shard,
                                     std::uint64_t size, std::uint64_t seed)
    : table_rows_(comm.all_sum(shard.rows())),
      sample_(features::gather_table_rows(comm, shard, sample_numbers(table_rows_, size, seed))),
      share_(comm::share_of(sample_.rows(), comm.rank(), comm.size())) {
  distances_.reserve(share_.count * sample_.rows());
  std::array<double, FeatureRows::kBlock> to_block{};
  for (std::uint64_t i = 0; i < share_.count; ++i) {
    for (std::size_t b = 0; b < sample_.blocks(); ++b) {
      features::distances(sample_, b, share_.first + i, to_block);
      std::ranges::transform(std::span(to_block).first(sample_.rows_in_block(b)),
                             std::back_inserter(distances_),
                             [](double distance) { return static_cast<float>(distance); });
    }
  }
}

SilhouetteSums SilhouetteMonitor::local_sums(const Assigner& assigner) const {
  const std::uint64_t rows = sample_.rows();
  std::vector<std::int32_t> labels(sample_.blocks() * FeatureRows::kBlock);
  BlockAssignment out;
  alignas(numeric::kAlignment) float norms[FeatureRows::kBlock];
  for (std::size_t b = 0; b < sample_.blocks(); ++b) {
    block_norms(sample_, b, norms);
    assigner.assign(sample_, b, norms, out);
    std::ranges::copy(out.label,
                      labels.begin() + static_cast<std::ptrdiff_t>(b * FeatureRows::kBlock));
  }
  if (labels == last_labels_) {
    return last_sums_;
  }
  std::vector<std::int64_t> sizes(assigner.count());
  for (std::uint64_t i = 0; i < rows; ++i) {
    ++sizes[static_cast<std::size_t>(labels[i])];
  }
  SilhouetteSums sums;
  std::vector<double> to_segment(assigner.count());
  for (std::uint64_t i = 0; i < share_.count; ++i) {
    const auto own = static_cast<std::size_t>(labels[share_.first + i]);
    if (sizes[own] < 2) {
      continue;
    }
    std::ranges::fill(to_segment, 0.0);
    const float* distances = distances_.data() + i * rows;
    for (std::uint64_t other = 0; other < rows; ++other) {
      to_segment[static_cast<std::size_t>(labels[other])] += double{distances[other]};
    }
    const double a = to_segment[own] / static_cast<double>(sizes[own] - 1);
    double b = std::numeric_limits<double>::infinity();
    for (std::size_t s = 0; s < sizes.size(); ++s) {
      if (s != own && sizes[s] > 0) {
        b = std::min(b, to_segment[s] / static_cast<double>(sizes[s]));
      }
    }
    if (const double greater = std::max(a, b); greater > 0 && std::isfinite(greater)) {
      const double silhouette = (b - a) / greater;
      sums.values += std::llrint(silhouette * kUnit);
      sums.squares += std::llrint(silhouette * silhouette * kUnit);
    }
  }
  last_labels_ = std::move(labels);
  last_sums_ = sums;
  return sums;
}

SilhouetteEstimate SilhouetteMonitor::estimate(const SilhouetteSums& sums) const {
  if (rows() == 0) {
    constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
    return {kNaN, kNaN};
  }
  const auto count = static_cast<double>(rows());
  const double mean = static_cast<double>(sums.values) / kUnit / count;
  if (rows() == table_rows_ || rows() < 2) {
    return {mean, 0};
  }
  const double variance = static_cast<double>(sums.squares) / kUnit / count - mean * mean;
  return {mean, std::sqrt(std::max(0.0, variance) / (count - 1))};
}

}  // namespace tessera::cluster
