// Whether bounds of single rows pay, and sorting rows by them.
#pragma once

#include <array>
#include <cstddef>

#include "cluster/kernels/kernels.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::cluster {

/// Decides whether it pays to keep bounds of single rows, which cost something to renew, from what
/// they would have spared on a sample of the blocks. Costs are in units of measuring one block
/// whole, which takes as long as computing or reading it, whichever is more. Where labels without
/// bounds are found by a Screen, a block is measured faster if no bounds are wanted.
///
/// A block is read for the sake of some of its rows. Once what was spent on the others comes to the
/// cost of sorting the rows, so that those to be looked at soon are in the same blocks, they are
/// sorted: waste grows about linearly after a sorting, and then its share is least. Not if too few
/// updates are to come to repay it and, once, the way back to the first order.
class PruningTrial {
 public:
  PruningTrial(const features::Space& space, std::size_t segments);

  /// Whether to keep the bounds of block `b`.
  [[nodiscard]] bool keeps(std::size_t b) const { return pays_ || sorts_ || samples(b); }
  /// Whether to sort the rows of the blocks that are looked at.
  [[nodiscard]] bool sorts() const { return sorts_; }
  /// Whether so many rows of a block are better measured in a batch than with all others in place.
  [[nodiscard]] bool batches(std::size_t rows) const { return batch_cost_[rows] < kept_; }
  /// Takes note of how many rows of a block were doubtful.
  void observe(std::size_t b, std::size_t doubtful);
  /// At the end of an update, before at most `to_come` others.
  void conclude(std::uint64_t to_come);

 private:
  /// Some blocks in a row, so that the memory for the bounds of all others need not be touched.
  [[nodiscard]] static bool samples(std::size_t b) { return b / 64 % 16 == 0; }

  std::array<double, BlockRows::kRows + 1> batch_cost_{};  ///< of so many rows of a block
  double kept_;                                            ///< of a block whole, with its scores
  double renew_;                                           ///< of a block's bounds, per kept_
  double sort_;                                            ///< of sorting a block's rows
  double spared_ = 0;
  double observed_ = 0;
  double touched_ = 0;  ///< blocks with doubtful rows
  double wasted_ = 0;   ///< on rows that were not doubtful
  double waste_ = 0;    ///< per block, over the updates since the last sorting
  bool pays_ = false;
  bool sorts_ = false;
  bool sorted_ = false;  ///< ever
};

}  // namespace tessera::cluster
