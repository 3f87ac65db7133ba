#include "tessera/cluster/centroid_sums.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace tessera::cluster {
namespace {

// Each segment's sums start at a cache line: what was just stored can be loaded again at once.
constexpr std::size_t kLine = numeric::kAlignment / sizeof(std::int64_t);

}  // namespace

CentroidSums::CentroidSums(const features::FeatureRows& rows, std::size_t segments,
                           const DataFacts& facts)
    : facts_(&facts),
      numeric_(rows.space().numeric),
      dimensions_(rows.space().dimensions()),
      segments_(segments),
      stride_((dimensions_ + 1 + kLine - 1) / kLine * kLine),
      riders_(segments * stride_),
      values_(riders_ + 3, 0),
      categories_(rows.categories()),
      at_entries_(segments * categories_.entries(), 0),
      nowhere_(stride_, 0),
      scratch_(16 * quantised_stride(numeric_)) {
  for (const numeric::FixedPoint& format : facts.formats) {
    factors_.push_back(static_cast<float>(format.factor()));
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
  std::int64_t* const at_entries = at_entries_.data() + segment * categories_.entries();
  for (std::size_t t = 0; t < categories_.tables().size(); ++t) {
    at_entries[categories_.tables()[t].offset + rows.position(row, t)] += sign;
  }
  sums[dimensions_] += sign;
}

void CentroidSums::move(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                        const std::int32_t* to) {
  kernels().move_sums(rows, moved, labels, to,
                      {.values = values_.data(),
                       .stride = stride_,
                       .size_at = dimensions_,
                       .factors = factors_.data(),
                       .nowhere = nowhere_.data(),
                       .scratch = scratch_.data()});
  if (!at_entries_.empty()) {
    move_positions(rows, moved, labels, to);
  }
}

void CentroidSums::move_positions(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                                  const std::int32_t* to) {
  const std::span<const features::CategoryTables::Table> tables = categories_.tables();
  const std::size_t entries = categories_.entries();
  const std::size_t bytes = rows.position_bytes;
  for (std::uint64_t left = moved; left != 0; left &= left - 1) {
    const auto row = static_cast<std::size_t>(std::countr_zero(left));
    const auto add = [&](std::size_t segment, std::int64_t sign) {
      std::int64_t* const counts = at_entries_.data() + segment * entries;
      const std::uint8_t* at = rows.positions + row;
      for (const features::CategoryTables::Table& table : tables) {
        counts[table.offset + features::read_position(at, rows.stride, bytes)] += sign;
        at += bytes * rows.stride;
      }
    };
    add(static_cast<std::size_t>(to[row]), +1);
    if (labels[row] != kNoLabel) {
      add(labels[row], -1);
    }
  }
}

void CentroidSums::finish_update(std::int64_t moved, const SilhouetteSums& silhouette) {
  const std::size_t entries = categories_.entries();
  for (std::size_t segment = 0; segment < segments_ && entries > 0; ++segment) {
    categories_.count_levels(
        std::span(at_entries_).subspan(segment * entries, entries),
        std::span(values_).subspan(segment * stride_ + numeric_, dimensions_ - numeric_));
  }
  values_[riders_] = moved;
  values_[riders_ + 1] = silhouette.values;
  values_[riders_ + 2] = silhouette.squares;
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
