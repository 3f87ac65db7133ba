#include "cluster/kmeans/shard_assignment.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "cluster/assign.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

constexpr float kNever = -std::numeric_limits<float>::infinity();
constexpr float kNeverAgain = std::numeric_limits<float>::infinity();

constexpr double kBoundRoundoff = 0x1.0p-20;  // some roundings in a row, generously

// A segment is taken to drift by at least this share of the greatest drift.
constexpr double kStill = 1e-3;

constexpr std::size_t kMostAhead = 8;  // blocks

std::size_t block_bytes(const FeatureRows& rows) {
  return FeatureRows::kBlock * std::max(std::size_t{1}, rows.row_bytes());
}

/// How many blocks ahead of their use rows are asked for: what memory delivers in its latency.
std::size_t blocks_ahead(const FeatureRows& rows) {
  constexpr std::size_t kBytes = std::size_t{8} << 10U;
  return std::clamp(kBytes / block_bytes(rows), std::size_t{2}, kMostAhead - 1);
}

/// How many blocks go through all assignments before the next ones: what a core's cache holds.
std::size_t blocks_at_once(const FeatureRows& rows) {
  constexpr std::size_t kBytes = std::size_t{128} << 10U;
  return std::max(std::size_t{4}, kBytes / block_bytes(rows));
}

}  // namespace

ShardAssignment::ShardAssignment(const FeatureRows& rows, std::size_t segments,
                                 const DataFacts& facts, const quality::SilhouetteMonitor& monitor)
    : rows_(rows),
      segments_(segments),
      sums_(rows, segments, facts),
      monitor_(monitor),
      silhouette_(monitor, segments),
      labels_(rows.blocks() * kBlock, kNoLabel),
      until_(rows.blocks() * kBlock),
      block_radii_(rows.blocks()),
      block_until_(rows.blocks(), kNever),
      drifts_(segments),
      drifts_f_(std::max(segments, simd::kLookupEntries), 0.0F),
      updates_per_drift_(segments),
      trial_(rows.space(), segments),
      doubtful_(rows) {
  // past the last row: nothing ever moves, but the kernels look
  std::fill(labels_.begin() + static_cast<std::ptrdiff_t>(rows.rows()), labels_.end(), Label{0});
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
      updates_per_drift_[i] =
          static_cast<float>(1 / std::max(moved[i] + others, kStill * greatest));
    }
    block_drift_ += greatest + second;
  }
  previous_ = centroids;
}

void ShardAssignment::begin_update(const Centroids& centroids) {
  assigner_.emplace(centroids, rows_.categories());
  if (Screen::suits(centroids.space, centroids.count)) {
    screen_.emplace(centroids, assigner_->largest_norm());
  }
  add_drifts(centroids);
  // Where the scores might not tell, of which the square root is at most the sum of those of its
  // parts; and the roundings of the bounds themselves.
  margin_at_zero_ = 2 * std::sqrt(assigner_->score_error(0)) +
                    kBoundRoundoff * (assigner_->largest_norm() + greatest_drift_);
  margin_per_radius_ =
      2 * std::sqrt(assigner_->score_error(1) - assigner_->score_error(0)) + kBoundRoundoff;
  work_ = {.rows = rows_.rows(), .measured = 0};
  moved_ = 0;
}

void ShardAssignment::end_update(std::uint64_t to_come) {
  while (doubtful_.size() > 0) {
    measure_batch();
  }
  trial_.conclude(to_come);
  ++updates_;
  const std::vector<std::int32_t> sample = assign(*assigner_, monitor_.sample());
  sums_.finish_update(UpdateCounts(moved_, silhouette_.update(sample)).riders());
  screen_.reset();
  assigner_.reset();
}

void ShardAssignment::update(const Centroids& centroids) {
  const Task task{this, &centroids};
  update_all(rows_, {&task, 1});
}

void ShardAssignment::update_all(const FeatureRows& rows, std::span<const Task> tasks) {
  for (const Task& task : tasks) {
    task.assignment->begin_update(*task.centroids);
  }
  const std::size_t piece = tasks.size() < 2 ? rows.blocks() : blocks_at_once(rows);
  for (std::size_t first = 0; first < rows.blocks(); first += piece) {
    const std::size_t last = std::min(first + piece, rows.blocks());
    for (const Task& task : tasks) {
      task.assignment->update_blocks(first, last);
    }
  }
  for (const Task& task : tasks) {
    task.assignment->end_update(task.to_come);
  }
}

void ShardAssignment::update_alone(RowOrder& order, const Task& task) {
  ShardAssignment& assignment = *task.assignment;
  if (!assignment.trial_.sorts()) {
    return update_all(order.rows(), {&task, 1});
  }
  assignment.begin_update(*task.centroids);
  for (std::size_t first = 0; first < order.rows().blocks(); first += RowOrder::kPiece) {
    const std::size_t last = std::min(first + RowOrder::kPiece, order.rows().blocks());
    const std::uint64_t touched = assignment.update_blocks(first, last);
    assignment.sort_piece(first, touched, order);
  }
  assignment.end_update(task.to_come);
}

std::uint64_t ShardAssignment::update_blocks(std::size_t first, std::size_t last) {
  std::uint64_t touched = 0;
  // A block is looked at some steps before its turn, so that what it needs has arrived by then.
  const std::size_t ahead = blocks_ahead(rows_);
  std::array<Plan, kMostAhead> plans;
  for (std::size_t n = first; n < last + ahead; ++n) {
    Plan coming;
    if (n < last) {
      if (n + ahead < rows_.blocks()) {
        prefetch_state(n + ahead);
      }
      coming = plan(n);
      if (coming.work != Work::kNone && n - first < RowOrder::kPiece) {
        touched |= std::uint64_t{1} << (n - first);
      }
    }
    const Plan now = n < first + ahead ? Plan() : plans[(n - ahead) % kMostAhead];
    plans[n % kMostAhead] = coming;
    // Who reads a whole block asks for another one on the way, line by line.
    const bool on_the_way = now.reads_all && coming.reads_all;
    if (!on_the_way && coming.work != Work::kNone) {
      prefetch_rows(n, coming.reads_all ? ~std::uint64_t{0} : coming.doubtful);
    }
    if (now.work == Work::kNone) {
      continue;
    }
    const std::size_t b = n - ahead;
    BlockRows rows = block_rows(rows_, b);
    if (on_the_way) {
      rows.ahead = rows_.numeric_block(n);
      rows.positions_ahead = rows_.position_block(n);
    }
    if (now.work == Work::kWhole) {
      measure_block(rows, b);
    } else {
      pick(rows, b, now.doubtful);
    }
  }
  return touched;
}

ShardAssignment::Plan ShardAssignment::plan(std::size_t b) {
  if (settled(b)) {
    trial_.observe(b, 0);
    return {};
  }
  if (block_until_[b] == kNever) {
    return {.work = Work::kWhole, .reads_all = true};
  }
  float least = 0;
  const std::uint64_t doubtful =
      kernels().doubtful(labels_.data() + b * kBlock, until_.data() + b * kBlock,
                         {drifts_f_.data(), segments_}, static_cast<float>(margin(b)), least);
  const auto count = static_cast<std::size_t>(std::popcount(doubtful));
  trial_.observe(b, count);
  if (count == 0) {
    block_until_[b] = double{least} + block_drift_;
    return {};
  }
  if (!trial_.batches(count)) {
    return {.work = Work::kWhole, .reads_all = true};
  }
  return {.work = Work::kPick, .reads_all = count > kFewRows, .doubtful = doubtful};
}

void ShardAssignment::prefetch_state(std::size_t b) const {
  if (settled(b)) {
    return;
  }
  constexpr std::size_t kLine = simd::kAlignment;
  for (std::size_t row = 0; row < kBlock; row += kLine / sizeof(Label)) {
    __builtin_prefetch(labels_.data() + b * kBlock + row, 1);
  }
  if (block_until_[b] != kNever || trial_.keeps(b)) {
    for (std::size_t row = 0; row < kBlock; row += kLine / sizeof(float)) {
      __builtin_prefetch(until_.data() + b * kBlock + row, 1);
    }
  }
}

void ShardAssignment::prefetch_rows(std::size_t b, std::uint64_t chosen) const {
  for (std::size_t n = 0; n < rows_.categories().row_bytes(); ++n) {
    __builtin_prefetch(rows_.position_block(b) + n * kBlock);
  }
  constexpr std::size_t kLine = simd::kAlignment / sizeof(float);
  constexpr std::uint64_t kLineBits = (std::uint64_t{1} << kLine) - 1;
  for (std::size_t row = 0; row < kBlock; row += kLine) {
    if (((chosen >> row) & kLineBits) == 0) {
      continue;
    }
    const float* at = rows_.numeric_block(b) + row;
    for (std::size_t j = 0; j < rows_.space().numeric; ++j) {
      __builtin_prefetch(at + j * kBlock);
    }
  }
}

void ShardAssignment::pick(const BlockRows& rows, std::size_t b, std::uint64_t doubtful) {
  std::uint64_t* origin = doubtful_rows_.data() + doubtful_.size();
  for (std::uint64_t left = doubtful; left != 0; left &= left - 1) {
    *origin++ = b * kBlock + static_cast<std::size_t>(std::countr_zero(left));
  }
  doubtful_.append(rows, doubtful);
  doubtful_radius_ = std::max(doubtful_radius_, block_radii_[b]);
  if (doubtful_.full()) {
    measure_batch();
  }
}

std::uint64_t ShardAssignment::screen_block(const BlockRows& rows, std::size_t b,
                                            BlockAssignment& found) {
  const std::uint64_t uncertain = screen_->labels(rows, block_radii_[b], found.label);
  for (std::uint64_t left = uncertain; left != 0; left &= left - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(left));
    found.label[i] = labels_[b * kBlock + i];
  }
  return uncertain;
}

void ShardAssignment::measure_block(const BlockRows& rows, std::size_t b) {
  const std::size_t count = rows_.rows_in_block(b);
  if (updates_ == 0) {
    block_radii_[b] = std::sqrt(kernels().largest_norm(rows));
  }
  const float norm = block_radii_[b] * block_radii_[b];
  Label* labels = labels_.data() + b * kBlock;
  BlockAssignment found;
  std::uint64_t uncertain = 0;
  const bool keeps = trial_.keeps(b);
  if (!keeps && screen_ && screen_->pays()) {
    uncertain = screen_block(rows, b, found) & first_bits(count);
  } else {
    assigner_->assign(rows, count, norm, found);
  }
  work_.measured += count - static_cast<std::size_t>(std::popcount(uncertain));
  if (keeps) {
    float* until = until_.data() + b * kBlock;
    const double slack = 4 * assigner_->score_error(double{norm});
    const float least = kernels().renew(rows, found, {drifts_f_.data(), segments_},
                                        static_cast<float>(slack), until);
    block_until_[b] = double{least} + block_drift_;
    std::fill(until + count, until + kBlock, kNeverAgain);
  } else {
    block_until_[b] = kNever;
  }
  if (const std::uint64_t moved = kernels().moved(found, labels) & first_bits(count); moved != 0) {
    moved_ += std::popcount(moved);
    sums_.move(rows, moved, labels, found.label);
    kernels().relabel(found, labels);
  }
  if (uncertain != 0) {
    pick(rows, b, uncertain);  // last: it may measure the batch, and change labels
  }
}

void ShardAssignment::measure_batch() {
  const BlockRows rows = doubtful_.first();
  const std::size_t count = std::min(doubtful_.size(), kBlock);
  const float norm = doubtful_radius_ * doubtful_radius_;
  BlockAssignment found;
  assigner_->assign(rows, count, norm, found);
  work_.measured += count;

  alignas(simd::kAlignment) float until[kBlock];
  const double slack = 4 * assigner_->score_error(double{norm});
  const double least = double{kernels().renew(rows, found, {drifts_f_.data(), segments_},
                                              static_cast<float>(slack), until)} +
                       block_drift_;
  alignas(simd::kAlignment) Label labels[kBlock] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t row = doubtful_rows_[i];
    labels[i] = labels_[row];
    double& block_until = block_until_[row / kBlock];
    if (block_until != kNever) {  // else the block has no bounds
      until_[row] = until[i];
      block_until = std::min(block_until, least);
    }
  }
  if (const std::uint64_t moved = kernels().moved(found, labels) & first_bits(count); moved != 0) {
    moved_ += std::popcount(moved);
    sums_.move(rows, moved, labels, found.label);
    for (std::uint64_t left = moved; left != 0; left &= left - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(left));
      labels_[doubtful_rows_[i]] = static_cast<Label>(found.label[i]);
    }
  }
  std::copy(doubtful_rows_.begin() + kBlock, doubtful_rows_.end(), doubtful_rows_.begin());
  doubtful_.remove_first();
  if (doubtful_.size() == 0) {
    doubtful_radius_ = 0;
  }
}

void ShardAssignment::reconsider(std::uint64_t row) { block_until_[row / kBlock] = kNever; }

}  // namespace tessera::cluster
