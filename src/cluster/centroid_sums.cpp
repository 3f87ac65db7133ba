#include "tessera/cluster/centroid_sums.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace tessera::cluster {
namespace {

// Each segment's sums start at a cache line: what was just stored can be loaded again at once.
constexpr std::size_t kLine = numeric::kAlignment / sizeof(std::int64_t);

/// Sums counts by combinations of levels over all digits but one: how often each of its levels
/// occurs.
void count_digit(std::span<const std::int64_t> combinations, const CategoryTables::Digit& digit,
                 std::span<std::int64_t> levels) {
  const std::size_t factor = digit.factor;
  const std::size_t period = factor * (std::size_t{digit.last} + 1);
  for (std::size_t level = 0; level < levels.size(); ++level) {
    levels[level] = 0;
    for (std::size_t at = level * factor; at + factor <= combinations.size(); at += period) {
      for (std::size_t i = 0; i < factor; ++i) {
        levels[level] += combinations[at + i];
      }
    }
  }
}

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
      categories_(space, facts.unseen),
      combinations_(segments * categories_.entries(), 0),
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
  for (const CategoryTables::Table& table : categories_.tables()) {
    combinations_[segment * categories_.entries() + table.offset +
                  categories_.position(table, rows, row)] += sign;
  }
  sums[dimensions_] += sign;
}

void CentroidSums::move(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                        const BlockAssignment& found) {
  kernels().move_sums(rows, moved, labels, found.label,
                      {.values = values_.data(),
                       .stride = stride_,
                       .size_at = dimensions_,
                       .factors = factors_.data(),
                       .nowhere = nowhere_.data(),
                       .scratch = scratch_.data()});
  if (!combinations_.empty()) {
    move_combinations(moved, labels, found);
  }
}

void CentroidSums::move_combinations(std::uint64_t moved, const Label* labels,
                                     const BlockAssignment& found) {
  const std::span<const CategoryTables::Table> tables = categories_.tables();
  const std::size_t entries = categories_.entries();
  for (std::uint64_t left = moved; left != 0; left &= left - 1) {
    const auto row = static_cast<std::size_t>(std::countr_zero(left));
    const std::int32_t* position = found.positions + row;
    std::int64_t* const more =
        combinations_.data() + static_cast<std::size_t>(found.label[row]) * entries;
    for (std::size_t t = 0; t < tables.size(); ++t) {
      ++more[tables[t].offset + static_cast<std::size_t>(position[t * BlockRows::kRows])];
    }
    if (labels[row] != kNoLabel) {
      std::int64_t* const less = combinations_.data() + labels[row] * entries;
      for (std::size_t t = 0; t < tables.size(); ++t) {
        --less[tables[t].offset + static_cast<std::size_t>(position[t * BlockRows::kRows])];
      }
    }
  }
}

void CentroidSums::finish_update(std::int64_t moved, const SilhouetteSums& silhouette) {
  count_levels();
  values_[riders_] = moved;
  values_[riders_ + 1] = silhouette.values;
  values_[riders_ + 2] = silhouette.squares;
}

void CentroidSums::count_levels() {
  for (std::size_t segment = 0; segment < segments_; ++segment) {
    const std::int64_t* const counts = combinations_.data() + segment * categories_.entries();
    for (const CategoryTables::Table& table : categories_.tables()) {
      for (const CategoryTables::Digit& digit : categories_.digits(table)) {
        std::int64_t* const levels =
            values_.data() + segment * stride_ + first_level_[digit.category];
        count_digit(std::span(counts + table.offset, table.stride), digit,
                    std::span(levels, levels_[digit.category]));
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
