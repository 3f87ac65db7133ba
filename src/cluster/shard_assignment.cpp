#include "shard_assignment.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>

#include "tessera/cluster/assign.hpp"
#include "tessera/features/gather.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

constexpr float kNever = -std::numeric_limits<float>::infinity();
constexpr float kNeverAgain = std::numeric_limits<float>::infinity();

constexpr double kBoundRoundoff = 0x1.0p-20;  // some roundings in a row, generously

// Looking at the bounds of single rows costs something: it goes on while it spares at least this
// share of the blocks looked at, and otherwise is tried on one block in so many.
constexpr double kWorthwhile = 0.2;
constexpr std::size_t kLookEvery = 16;

// A row within this share of its centroid's squared norm of it is as near as single precision goes.
constexpr double kCoincident = 1e-12;

/// A row that could go to an empty segment.
struct FarRow {
  double distance = 0;    ///< squared, to its own centroid
  std::uint64_t row = 0;  ///< in the whole table
  std::int64_t segment = 0;
};

bool farther(const FarRow& a, const FarRow& b) {
  return a.distance != b.distance ? a.distance > b.distance : a.row < b.row;
}

bool same_row(const FeatureRows& rows, std::uint64_t a, std::uint64_t b) {
  const features::Space& space = rows.space();
  for (std::size_t j = 0; j < space.numeric; ++j) {
    if (rows.number(a, j) != rows.number(b, j)) {
      return false;
    }
  }
  for (std::size_t c = 0; c < space.categories(); ++c) {
    if (rows.code(a, c) != rows.code(b, c)) {
      return false;
    }
  }
  return true;
}

}  // namespace

ShardAssignment::ShardAssignment(const FeatureRows& rows, std::size_t segments,
                                 const DataFacts& facts)
    : rows_(rows),
      segments_(segments),
      sums_(rows.space(), segments, facts),
      labels_(rows.blocks() * kBlock, -1),
      until_(rows.blocks() * kBlock, kNever),
      norms_(rows.blocks() * kBlock),
      block_norms_(rows.blocks()),
      block_until_(rows.blocks(), kNever),
      drifts_(segments),
      drifts_f_(std::max(segments, PackedCentroids::kTableEntries)),
      batch_(rows.space()),
      quantised_(rows.space().numeric * kBlock) {
  for (const numeric::FixedPoint& format : facts.formats) {
    factors_.push_back(static_cast<float>(format.factor()));
  }
  // past the last row: nothing ever moves, but the kernels look
  std::fill(labels_.begin() + static_cast<std::ptrdiff_t>(rows.rows()), labels_.end(), 0);
  measure_norms();
}

void ShardAssignment::measure_norms() {
  for (std::size_t b = 0; b < rows_.blocks(); ++b) {
    float* norms = norms_.data() + b * kBlock;
    block_norms(rows_, b, norms);
    block_norms_[b] = *std::max_element(norms, norms + kBlock);
  }
}

void ShardAssignment::add_drifts(const Centroids& centroids) {
  if (previous_.count == segments_) {
    std::vector<double> moved(segments_);
    double greatest = 0;
    double second = 0;
    for (std::size_t i = 0; i < segments_; ++i) {
      double squared = 0;
      for (std::size_t j = 0; j < centroids.row(i).size(); ++j) {
        const double difference = double{centroids.row(i)[j]} - double{previous_.row(i)[j]};
        squared += difference * difference;
      }
      moved[i] = std::sqrt(squared);
      second = std::max(second, std::min(greatest, moved[i]));
      greatest = std::max(greatest, moved[i]);
    }
    for (std::size_t i = 0; i < segments_; ++i) {
      const double others = moved[i] == greatest ? second : greatest;
      drifts_[i] += moved[i] + others;
      greatest_drift_ = std::max(greatest_drift_, drifts_[i]);
      drifts_f_[i] = std::nextafter(static_cast<float>(drifts_[i]), kNeverAgain);
    }
    block_drift_ += greatest + second;
  }
  previous_ = centroids;
}

std::size_t ShardAssignment::batch_limit() const {
  // To measure a row in place costs a multiply-add per feature and segment, sixteen rows at a time.
  // To bring it along to a batch costs, per feature, as much as this many segments (measured).
  constexpr std::size_t kCopy = 96;
  return kBlock * segments_ / (kCopy + segments_);
}

void ShardAssignment::update(const Centroids& centroids, const SilhouetteMonitor& monitor) {
  const Assigner assigner(centroids);
  add_drifts(centroids);
  work_ = {.rows = rows_.rows(), .measured = 0};
  ++updates_;
  moved_ = 0;
  looked_at_ = 0;
  spared_ = 0;
  for (std::size_t b = 0; b < rows_.blocks(); ++b) {
    update_block(b, assigner);
  }
  update_batch(assigner);
  look_at_rows_ = static_cast<double>(spared_) > kWorthwhile * static_cast<double>(looked_at_);
  sums_.set_riders(moved_, monitor.local_sums(assigner));
}

void ShardAssignment::update_block(std::size_t b, const Assigner& assigner) {
  const Kernels& kernel = kernels();
  const double error = assigner.score_error(block_norms_[b]);
  // Closer than this to another centroid, the scores might not tell; the second term covers the
  // roundings of the bounds themselves.
  const double reach =
      assigner.largest_norm() + std::sqrt(double{block_norms_[b]}) + greatest_drift_;
  const double margin = 2 * std::sqrt(error) + kBoundRoundoff * reach;
  if (block_drift_ + margin < block_until_[b]) {
    return;
  }
  const BlockBounds bounds = bounds_of(b);
  float least = 0;
  if (block_until_[b] != kNever && (look_at_rows_ || (b + updates_) % kLookEvery == 0)) {
    std::uint64_t doubtful =
        kernel.doubtful(bounds, drifts_f_.data(), segments_, static_cast<float>(margin), least);
    ++looked_at_;
    if (doubtful == 0) {
      block_until_[b] = double{least} + block_drift_;
      ++spared_;
      return;
    }
    if (static_cast<std::size_t>(std::popcount(doubtful)) <= batch_limit()) {
      ++spared_;
      for (; doubtful != 0; doubtful &= doubtful - 1) {
        if (batch_.origin.size() == kBlock) {
          update_batch(assigner);
        }
        const auto i = static_cast<std::size_t>(std::countr_zero(doubtful));
        batch_.rows.copy_row(rows_, b * kBlock + i, batch_.origin.size());
        batch_.origin.push_back(b * kBlock + i);
      }
      return;
    }
  }
  BlockAssignment found;
  assigner.assign(rows_, b, bounds.norms, found);
  std::uint64_t moved = kernel.renew(found, bounds, drifts_f_.data(), segments_,
                                     static_cast<float>(4 * error), least);
  block_until_[b] = double{least} + block_drift_;
  const std::size_t count = rows_.rows_in_block(b);
  work_.measured += count;
  if (count < kBlock) {
    moved &= (std::uint64_t{1} << count) - 1;
    std::fill(bounds.until + count, bounds.until + kBlock, kNeverAgain);
  }
  if (moved != 0) {
    move_rows(rows_.numeric_block(b), rows_.code_block(b), moved, found.label, bounds.labels);
  }
}

void ShardAssignment::move_rows(const float* numeric, const std::uint16_t* codes,
                                std::uint64_t moved, const std::int32_t* to, std::int32_t* labels) {
  moved_ += std::popcount(moved);
  kernels().quantise(numeric, factors_.data(), factors_.size(), quantised_.data());
  for (; moved != 0; moved &= moved - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(moved));
    if (labels[i] >= 0) {
      sums_.add(static_cast<std::size_t>(labels[i]), quantised_.data() + i, codes + i, -1);
    }
    labels[i] = to[i];
    sums_.add(static_cast<std::size_t>(labels[i]), quantised_.data() + i, codes + i, +1);
  }
}

void ShardAssignment::update_batch(const Assigner& assigner) {
  const std::size_t count = batch_.origin.size();
  if (count == 0) {
    return;
  }
  alignas(numeric::kAlignment) std::int32_t labels[kBlock] = {};
  alignas(numeric::kAlignment) float until[kBlock];
  alignas(numeric::kAlignment) float norms[kBlock] = {};
  double error = 0;
  for (std::size_t i = 0; i < count; ++i) {
    labels[i] = labels_[batch_.origin[i]];
    norms[i] = norms_[batch_.origin[i]];
    error = std::max(error, assigner.score_error(double{norms[i]}));
  }
  const Kernels& kernel = kernels();
  const float* numeric = batch_.rows.numeric_block(0);
  const std::uint16_t* codes = batch_.rows.code_block(0);
  BlockAssignment found;
  assigner.assign(batch_.rows, 0, norms, found);
  float least = 0;
  std::uint64_t moved = kernel.renew(found, {labels, until, norms}, drifts_f_.data(), segments_,
                                     static_cast<float>(4 * error), least);
  if (count < kBlock) {
    moved &= (std::uint64_t{1} << count) - 1;
  }
  if (moved != 0) {
    move_rows(numeric, codes, moved, found.label, labels);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t row = batch_.origin[i];
    labels_[row] = labels[i];
    until_[row] = until[i];
    double& block_until = block_until_[row / kBlock];
    block_until = std::min(block_until, double{least} + block_drift_);
  }
  work_.measured += count;
  batch_.origin.clear();
}

void ShardAssignment::reconsider(std::uint64_t row) {
  until_[row] = kNever;
  block_until_[row / kBlock] = kNever;
}

bool ShardAssignment::refill_empty(const comm::Communicator& comm, const Centroids& centroids,
                                   CentroidSums& total) {
  std::vector<std::size_t> empty;
  for (std::size_t i = 0; i < centroids.count; ++i) {
    if (total.size(i) == 0) {
      empty.push_back(i);
    }
  }
  if (empty.empty()) {
    return false;
  }

  // the squared distance of a row to itself in the fixed point of the sums, at most
  double quantum = 0;
  for (const float factor : factors_) {
    quantum += 1 / (double{factor} * double{factor});
  }

  // this rank's farthest rows, as many as could be needed
  std::vector<FarRow> mine;
  for (std::uint64_t row = 0; row < rows_.rows(); ++row) {
    const auto segment = static_cast<std::size_t>(labels_[row]);
    const std::span<const float> centroid = centroids.row(segment);
    double norm = 0;
    for (const float c : centroid) {
      norm += double{c} * double{c};
    }
    const FarRow far{squared_distance(rows_, row, centroid), rows_.first_row() + row, labels_[row]};
    if (far.distance <= kCoincident * norm + quantum ||
        (mine.size() == empty.size() && !farther(far, mine.back()))) {
      continue;
    }
    mine.insert(std::ranges::upper_bound(mine, far, farther), far);
    if (mine.size() > empty.size()) {
      mine.pop_back();
    }
  }
  std::vector<FarRow> candidates = comm.all_gather(mine);
  std::ranges::sort(candidates, farther);
  candidates.resize(std::min(candidates.size(), empty.size()));

  std::vector<std::uint64_t> numbers;
  for (const FarRow& far : candidates) {
    numbers.push_back(far.row);
  }
  std::ranges::sort(numbers);
  const FeatureRows gathered = features::gather_table_rows(comm, rows_, numbers);

  std::vector<std::uint64_t> taken;  // positions in `gathered`
  for (const FarRow& far : candidates) {
    const auto at =
        static_cast<std::uint64_t>(std::ranges::lower_bound(numbers, far.row) - numbers.begin());
    const auto old = static_cast<std::size_t>(far.segment);
    if (total.size(old) < 2 || std::ranges::any_of(taken, [&](std::uint64_t other) {
          return same_row(gathered, at, other);
        })) {
      continue;
    }
    const std::size_t segment = empty[taken.size()];
    taken.push_back(at);
    total.add(old, gathered, at, -1);
    total.add(segment, gathered, at, +1);
    if (far.row >= rows_.first_row() && far.row < rows_.first_row() + rows_.rows()) {
      const std::uint64_t row = far.row - rows_.first_row();
      labels_[row] = static_cast<std::int32_t>(segment);
      reconsider(row);
      sums_.add(old, rows_, row, -1);
      sums_.add(segment, rows_, row, +1);
    }
  }
  return !taken.empty();
}

}  // namespace tessera::cluster
