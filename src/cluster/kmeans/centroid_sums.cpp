#include "cluster/kmeans/centroid_sums.hpp"

#include <algorithm>
#include <tuple>

namespace tessera::cluster {
namespace {

// Each segment's sums start at a cache line: what was just stored can be loaded again at once.
constexpr std::size_t kLine = simd::kAlignment / sizeof(std::int64_t);

}  // namespace

CentroidSums::CentroidSums(const features::Space& space, std::size_t segments,
                           const DataFacts& facts)
    : facts_(&facts),
      numeric_(space.numeric),
      dimensions_(space.dimensions()),
      segments_(segments),
      stride_((dimensions_ + 1 + kLine - 1) / kLine * kLine),
      riders_(segments * stride_),
      values_(riders_ + std::tuple_size_v<Riders>, 0) {
  for (std::size_t c = 0; c < space.categories(); ++c) {
    level_values_.insert(level_values_.end(), space.levels[c], space.level_value(c));
  }
}

void CentroidSums::add(std::size_t segment, const features::FeatureRows& rows, std::uint64_t row,
                       std::int64_t sign) {
  std::int64_t* sums = values_.data() + segment * stride_;
  for (std::size_t j = 0; j < numeric_; ++j) {
    sums[j] += sign * facts_->formats[j].quantise(double{rows.number(row, j)});
  }
  std::size_t first = numeric_;
  for (std::size_t c = 0; c < rows.space().categories(); ++c) {
    if (const std::uint16_t code = rows.code(row, c); code != features::kNoLevel) {
      sums[first + code] += sign;
    }
    first += rows.space().levels[c];
  }
  sums[dimensions_] += sign;
}

void CentroidSums::set_riders(const Riders& riders) {
  std::ranges::copy(riders, values_.begin() + static_cast<std::ptrdiff_t>(riders_));
}

std::vector<CentroidSums> CentroidSums::all_reduced(const comm::Communicator& comm,
                                                    std::span<const CentroidSums* const> mine) {
  std::vector<std::int64_t> message;
  for (const CentroidSums* sums : mine) {
    message.insert(message.end(), sums->values_.begin(), sums->values_.end());
  }
  comm.all_reduce(std::span<std::int64_t>(message), comm::Op::kSum);
  std::vector<CentroidSums> totals;
  totals.reserve(mine.size());
  auto from = message.begin();
  for (const CentroidSums* sums : mine) {
    CentroidSums& total = totals.emplace_back(*sums);
    std::copy_n(from, total.values_.size(), total.values_.begin());
    from += static_cast<std::ptrdiff_t>(total.values_.size());
  }
  return totals;
}

double CentroidSums::sum(std::size_t segment, std::size_t j) const {
  const std::int64_t value = values_[segment * stride_ + j];
  return j < numeric_ ? facts_->formats[j].value(value)
                      : level_values_[j - numeric_] * static_cast<double>(value);
}

double CentroidSums::squared_step() const {
  double squared = 0;
  for (const numeric::FixedPoint& format : facts_->formats) {
    squared += 1 / (format.factor() * format.factor());
  }
  return squared;
}

Centroids CentroidSums::means(const Centroids& previous) const {
  Centroids centroids = previous;
  for (std::size_t segment = 0; segment < segments_; ++segment) {
    if (size(segment) == 0) {
      continue;
    }
    const auto count = static_cast<double>(size(segment));
    const std::span<float> centroid = centroids.row(segment);
    for (std::size_t j = 0; j < dimensions_; ++j) {
      centroid[j] = static_cast<float>(sum(segment, j) / count);
    }
  }
  return centroids;
}

double CentroidSums::inertia(const Centroids& centroids) const {
  double inertia = facts_->total_squares;
  for (std::size_t segment = 0; segment < segments_; ++segment) {
    const auto count = static_cast<double>(size(segment));
    const std::span<const float> centroid = centroids.row(segment);
    for (std::size_t j = 0; j < dimensions_; ++j) {
      const double c = double{centroid[j]};
      inertia += c * (count * c - 2 * sum(segment, j));
    }
  }
  return inertia > 0 ? inertia : 0;
}

}  // namespace tessera::cluster
