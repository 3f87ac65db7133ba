#include "cluster/kmeans/shard_assignment.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <vector>

#include "cluster/assign.hpp"
#include "cluster/kmeans/row_sorting.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

static_assert(RowOrder::kPiece <= 64, "the blocks of a piece that were touched are bits");

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
      sums_(rows, segments, facts),
      monitor_(monitor),
      silhouette_(monitor, segments),
      labels_(rows.blocks() * kBlock, kNoLabel),
      bounds_(rows, segments),
      trial_(rows.space(), segments),
      doubtful_(rows) {
  // past the last row: nothing ever moves, but the kernels look
  std::fill(labels_.begin() + static_cast<std::ptrdiff_t>(rows.rows()), labels_.end(), Label{0});
}

void ShardAssignment::begin_update(const Centroids& centroids) {
  assigner_.emplace(centroids, rows_.categories());
  if (Screen::suits(centroids.space, centroids.count)) {
    screen_.emplace(centroids, assigner_->largest_norm());
  }
  bounds_.begin_update(centroids, *assigner_);
  work_ = {.rows = rows_.rows(), .measured = 0};
  moved_ = 0;
}

void ShardAssignment::end_update(std::uint64_t to_come) {
  while (!doubtful_.empty()) {
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
  if (bounds_.settled(b)) {
    trial_.observe(b, 0);
    return {};
  }
  if (!bounds_.has(b)) {
    return {.work = Work::kWhole, .reads_all = true};
  }
  const std::uint64_t doubtful = bounds_.doubtful(b, labels_.data() + b * kBlock);
  const auto count = static_cast<std::size_t>(std::popcount(doubtful));
  trial_.observe(b, count);
  if (count == 0) {
    return {};
  }
  if (!trial_.batches(count)) {
    return {.work = Work::kWhole, .reads_all = true};
  }
  return {.work = Work::kPick, .reads_all = count > kFewRows, .doubtful = doubtful};
}

void ShardAssignment::prefetch_state(std::size_t b) const {
  if (bounds_.settled(b)) {
    return;
  }
  constexpr std::size_t kLine = simd::kAlignment;
  for (std::size_t row = 0; row < kBlock; row += kLine / sizeof(Label)) {
    __builtin_prefetch(labels_.data() + b * kBlock + row, 1);
  }
  if (bounds_.has(b) || trial_.keeps(b)) {
    bounds_.prefetch(b);
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
  doubtful_.append(rows, b, doubtful, bounds_.radius(b));
  if (doubtful_.full()) {
    measure_batch();
  }
}

std::uint64_t ShardAssignment::screen_block(const BlockRows& rows, std::size_t b,
                                            BlockAssignment& found) {
  const std::uint64_t uncertain = screen_->labels(rows, bounds_.radius(b), found.label);
  for (std::uint64_t left = uncertain; left != 0; left &= left - 1) {
    const auto i = static_cast<std::size_t>(std::countr_zero(left));
    found.label[i] = labels_[b * kBlock + i];
  }
  return uncertain;
}

void ShardAssignment::measure_block(const BlockRows& rows, std::size_t b) {
  const std::size_t count = rows_.rows_in_block(b);
  if (updates_ == 0) {
    bounds_.measure_radius(rows, b);
  }
  const float norm = bounds_.radius(b) * bounds_.radius(b);
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
    bounds_.renew(rows, b, found, 4 * assigner_->score_error(double{norm}));
  } else {
    bounds_.drop(b);
  }
  if (const std::uint64_t moved = kernels().moved(found, labels) & first_bits(count); moved != 0) {
    if (rows_.weighted()) {
      move_massive(rows, moved, labels, found.label, rows_.masses(b * kBlock, count).data());
    } else {
      moved_ += std::popcount(moved);
      sums_.move(rows, moved, labels, found.label);
    }
    kernels().relabel(found, labels);
  }
  if (uncertain != 0) {
    pick(rows, b, uncertain);  // last: it may measure the batch, and change labels
  }
}

void ShardAssignment::measure_batch() {
  const BlockRows rows = doubtful_.rows();
  const std::size_t count = doubtful_.count();
  const float norm = doubtful_.radius() * doubtful_.radius();
  BlockAssignment found;
  assigner_->assign(rows, count, norm, found);
  work_.measured += count;

  RowBounds::Renewed renewed;
  bounds_.renew(rows, found, 4 * assigner_->score_error(double{norm}), renewed);
  alignas(simd::kAlignment) Label labels[kBlock] = {};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t row = doubtful_.origin(i);
    labels[i] = labels_[row];
    bounds_.keep(row, renewed.until[i], renewed.least);
  }
  if (const std::uint64_t moved = kernels().moved(found, labels) & first_bits(count); moved != 0) {
    if (rows_.weighted()) {
      std::array<numeric::Mass, kBlock> masses;
      for (std::size_t i = 0; i < count; ++i) {
        masses[i] = rows_.masses()[doubtful_.origin(i)];
      }
      move_massive(rows, moved, labels, found.label, masses.data());
    } else {
      moved_ += std::popcount(moved);
      sums_.move(rows, moved, labels, found.label);
    }
    for (std::uint64_t left = moved; left != 0; left &= left - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(left));
      labels_[doubtful_.origin(i)] = static_cast<Label>(found.label[i]);
    }
  }
  doubtful_.remove_first();
}

void ShardAssignment::move_massive(const BlockRows& rows, std::uint64_t moved, const Label* labels,
                                   const std::int32_t* to, const numeric::Mass* masses) {
  for (std::uint64_t left = moved; left != 0; left &= left - 1) {
    moved_ += masses[std::countr_zero(left)] > 0 ? 1 : 0;
  }
  sums_.move(rows, moved, labels, to, masses);
}

void ShardAssignment::sort_piece(std::size_t first, std::uint64_t touched, RowOrder& order) {
  while (!doubtful_.empty()) {
    measure_batch();  // knows rows by where they are
  }
  std::array<std::size_t, RowOrder::kPiece> block_buffer;
  std::size_t count = 0;
  for (std::uint64_t left = touched; left != 0; left &= left - 1) {
    const std::size_t b = first + static_cast<std::size_t>(std::countr_zero(left));
    if (rows_.is_whole(b)) {
      block_buffer[count++] = b;
    }
  }
  if (count < 2) {
    return;
  }
  const std::span<const std::size_t> blocks(block_buffer.data(), count);
  std::array<std::uint16_t, RowOrder::kPieceRows> sorted;
  sort_rows(bounds_, labels_.data(), blocks, sorted);
  const std::span<const std::uint16_t> rows(sorted.data(), count * kBlock);
  order.reorder(blocks, rows);
  features::reorder(labels_.data(), kBlock, blocks, rows);
  bounds_.reorder(blocks, rows);
  for (const std::size_t b : blocks) {
    bounds_.refresh(b, labels_.data() + b * kBlock);
  }
  work_.sorted += count * kBlock;
}

}  // namespace tessera::cluster
