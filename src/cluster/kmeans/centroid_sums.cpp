#include "cluster/kmeans/centroid_sums.hpp"

#include <algorithm>
#include <cmath>
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
      values_(riders_ + std::tuple_size_v<Riders>, 0),
      massive_(facts.weighted ? segments * (dimensions_ + 1) : 0) {
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

void CentroidSums::add_mass(std::size_t segment, const BlockRows& block, std::size_t row,
                            const features::CategoryTables& categories, numeric::Int128 mass,
                            std::int64_t rows) {
  numeric::Int128* const sums = massive_.data() + segment * (dimensions_ + 1);
  for (std::size_t j = 0; j < numeric_; ++j) {
    sums[j] += mass * facts_->formats[j].quantise(
                          static_cast<double>(block.numeric[j * block.stride + row]));
  }
  std::size_t first = numeric_;
  for (std::size_t c = 0; c < categories.categories(); ++c) {
    const std::uint8_t* const at =
        block.positions + categories.table_of(c) * block.position_bytes * block.stride + row;
    const std::size_t position = features::read_position(at, block.stride, block.position_bytes);
    if (const std::uint16_t code = categories.codes(c)[position]; code != features::kNoLevel) {
      sums[first + code] += mass;
    }
    first += categories.digit_of(c).levels;
  }
  sums[dimensions_] += mass;
  values_[segment * stride_ + dimensions_] += rows;
}

double CentroidSums::weight(std::size_t segment) const {
  return std::ldexp(static_cast<double>(mass(segment)), facts_->mass_exponent);
}

void CentroidSums::set_riders(const Riders& riders) {
  std::ranges::copy(riders, values_.begin() + static_cast<std::ptrdiff_t>(riders_));
}

std::vector<CentroidSums> CentroidSums::all_reduced(const comm::Communicator& comm,
                                                    std::span<const CentroidSums* const> mine) {
  std::vector<std::int64_t> message;
  for (const CentroidSums* sums : mine) {
    message.insert(message.end(), sums->values_.begin(), sums->values_.end());
    numeric::append_limbs(sums->massive_, message);
  }
  comm.all_reduce(std::span<std::int64_t>(message), comm::Op::kSum);
  std::vector<CentroidSums> totals;
  totals.reserve(mine.size());
  std::span<const std::int64_t> from = message;
  for (const CentroidSums* sums : mine) {
    CentroidSums& total = totals.emplace_back(*sums);
    std::copy_n(from.begin(), total.values_.size(), total.values_.begin());
    from = numeric::take_limbs(from.subspan(total.values_.size()), total.massive_);
  }
  return totals;
}

double CentroidSums::massive_sum(std::size_t segment, std::size_t j) const {
  const numeric::Int128 value = massive_[segment * (dimensions_ + 1) + j];
  return j < numeric_ ? facts_->formats[j].value(value)
                      : level_values_[j - numeric_] * static_cast<double>(value);
}

double CentroidSums::sum(std::size_t segment, std::size_t j) const {
  if (!massive_.empty()) {
    return massive_sum(segment, j);
  }
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
    if (mass(segment) == 0) {
      continue;
    }
    const auto count = static_cast<double>(mass(segment));
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
    const auto count = static_cast<double>(mass(segment));
    const std::span<const float> centroid = centroids.row(segment);
    for (std::size_t j = 0; j < dimensions_; ++j) {
      const double c = double{centroid[j]};
      inertia += c * (count * c - 2 * sum(segment, j));
    }
  }
  return inertia > 0 ? std::ldexp(inertia, facts_->mass_exponent) : 0;
}

}  // namespace tessera::cluster
