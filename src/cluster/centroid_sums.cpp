#include "tessera/cluster/centroid_sums.hpp"

namespace tessera::cluster {

CentroidSums::CentroidSums(const features::Space& space, std::size_t segments,
                           const DataFacts& facts)
    : facts_(&facts),
      numeric_(space.numeric),
      dimensions_(space.dimensions()),
      segments_(segments),
      stride_(dimensions_ + 1),
      riders_(segments * stride_),
      values_(riders_ + 3) {
  for (std::size_t c = 0; c < space.categories(); ++c) {
    first_level_.push_back(space.first_dimension(c));
  }
}

void CentroidSums::add(std::size_t segment, const features::FeatureRows& rows, std::uint64_t row,
                       std::int64_t sign) {
  std::int64_t* sums = values_.data() + segment * stride_;
  for (std::size_t j = 0; j < numeric_; ++j) {
    sums[j] += sign * facts_->formats[j].quantise(double{rows.number(row, j)});
  }
  for (std::size_t c = 0; c < first_level_.size(); ++c) {
    if (const std::uint16_t code = rows.code(row, c); code != features::kNoLevel) {
      sums[first_level_[c] + code] += sign;
    }
  }
  sums[dimensions_] += sign;
}

void CentroidSums::add(std::size_t segment, const std::int32_t* numbers, const std::uint16_t* codes,
                       std::int64_t sign) {
  constexpr std::size_t kStep = features::FeatureRows::kBlock;
  std::int64_t* sums = values_.data() + segment * stride_;
  for (std::size_t j = 0; j < numeric_; ++j) {
    sums[j] += sign * numbers[j * kStep];
  }
  for (std::size_t c = 0; c < first_level_.size(); ++c) {
    if (const std::uint16_t code = codes[c * kStep]; code != features::kNoLevel) {
      sums[first_level_[c] + code] += sign;
    }
  }
  sums[dimensions_] += sign;
}

CentroidSums CentroidSums::all_reduced(const comm::Communicator& comm) const {
  CentroidSums total = *this;
  comm.all_reduce(std::span<std::int64_t>(total.values_), comm::Op::kSum);
  return total;
}

void CentroidSums::set_riders(std::int64_t moved, const SilhouetteSums& silhouette) {
  values_[riders_] = moved;
  values_[riders_ + 1] = silhouette.values;
  values_[riders_ + 2] = silhouette.squares;
}

double CentroidSums::sum(std::size_t segment, std::size_t j) const {
  const std::int64_t value = values_[segment * stride_ + j];
  return j < numeric_ ? facts_->formats[j].value(value) : static_cast<double>(value);
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
