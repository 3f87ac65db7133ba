#include "tessera/cluster/centroid_sums.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace tessera::cluster {
namespace {

// Each segment's sums start at a cache line: what was just stored can be loaded again at once.
constexpr std::size_t kLine = numeric::kAlignment / sizeof(std::int64_t);

}  // namespace

CentroidSums::CentroidSums(const features::Space& space, std::size_t segments,
                           const DataFacts& facts)
    : facts_(&facts),
      levels_(space.levels),
      numeric_(space.numeric),
      dimensions_(space.dimensions()),
      segments_(segments),
      stride_((dimensions_ + 1 + kLine - 1) / kLine * kLine),
      riders_(segments * stride_),
      values_(riders_ + 3, 0),
      nowhere_(stride_, 0),
      scratch_(16 * quantised_stride(numeric_)) {
  for (const numeric::FixedPoint& format : facts.formats) {
    factors_.push_back(static_cast<float>(format.factor()));
  }
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

void CentroidSums::move(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                        const std::int32_t* to) {
  move_numbers(rows, moved, labels, to);
  move_codes(rows, moved, labels, to);
}

void CentroidSums::add_rows(const BlockRows& rows, std::uint64_t chosen, const std::int32_t* to) {
  // What counting by sets of rows costs for a category, in units of counting row by row.
  constexpr std::size_t kMostCounts = 160;
  alignas(numeric::kAlignment) static constexpr auto kNone = [] {
    std::array<Label, BlockRows::kRows> labels{};
    labels.fill(kNoLabel);
    return labels;
  }();
  move_numbers(rows, chosen, kNone.data(), to);
  const std::size_t levels = dimensions_ - numeric_;
  if (levels > 0 && rows.code_bytes == 1 && segments_ <= LevelCounts::kMostSegments &&
      segments_ * levels <= kMostCounts * levels_.size()) {
    kernels().count_levels(rows, chosen, to,
                           {.segments = segments_,
                            .counts = values_.data(),
                            .stride = stride_,
                            .first_level = first_level_.data(),
                            .levels = levels_.data()});
  } else {
    move_codes(rows, chosen, kNone.data(), to);
  }
}

void CentroidSums::move_numbers(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                                const std::int32_t* to) {
  kernels().move_sums(rows, moved, labels, to,
                      {.values = values_.data(),
                       .stride = stride_,
                       .size_at = dimensions_,
                       .factors = factors_.data(),
                       .nowhere = nowhere_.data(),
                       .scratch = scratch_.data()});
}

void CentroidSums::move_codes(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                              const std::int32_t* to) {
  const std::size_t* const first_level = first_level_.data();
  const std::size_t categories = levels_.size();
  for (std::uint64_t left = categories == 0 ? 0 : moved; left != 0; left &= left - 1) {
    const auto row = static_cast<std::size_t>(std::countr_zero(left));
    std::int64_t* const more = values_.data() + static_cast<std::size_t>(to[row]) * stride_;
    std::int64_t* const less =
        labels[row] == kNoLabel ? nowhere_.data() : values_.data() + labels[row] * stride_;
    const std::uint8_t* codes = rows.codes + row;
    for (std::size_t c = 0; c < categories; ++c, codes += rows.code_bytes * rows.stride) {
      const std::size_t code = features::read_code(codes, rows.stride, rows.code_bytes);
      if (code != features::kNoLevel) {
        ++more[first_level[c] + code];
        --less[first_level[c] + code];
      }
    }
  }
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

void CentroidSums::set_riders(std::int64_t moved, const SilhouetteSums& silhouette) {
  values_[riders_] = moved;
  values_[riders_ + 1] = silhouette.values;
  values_[riders_ + 2] = silhouette.squares;
}

double CentroidSums::sum(std::size_t segment, std::size_t j) const {
  const std::int64_t value = values_[segment * stride_ + j];
  return j < numeric_ ? facts_->formats[j].value(value) : static_cast<double>(value);
}

double CentroidSums::squared_step() const {
  double squared = 0;
  for (const float factor : factors_) {
    squared += 1 / (double{factor} * double{factor});
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
