// Whether bounds of single rows pay.
#pragma once

#include <array>
#include <cstddef>

#include "tessera/cluster/kernels.hpp"
#include "tessera/features/feature_rows.hpp"

namespace tessera::cluster {

/// Decides whether it pays to keep bounds of single rows, which cost something to renew, from what
/// they would have spared on a sample of the blocks. Costs are in units of measuring one block
/// whole, which takes as long as computing or reading it, whichever is more.
class PruningTrial {
 public:
  PruningTrial(const features::Space& space, std::size_t segments);

  /// Whether to keep the bounds of block `b`.
  [[nodiscard]] bool keeps(std::size_t b) const { return pays_ || samples(b); }
  /// Whether so many rows of a block are better measured in a batch than with all others in place.
  [[nodiscard]] bool batches(std::size_t rows) const { return batch_cost_[rows] < 1; }
  /// Takes note of how many rows of a block were doubtful.
  void observe(std::size_t b, std::size_t doubtful);
  /// At the end of an update.
  void conclude();

 private:
  /// Some blocks in a row, so that the memory for the bounds of all others need not be touched.
  [[nodiscard]] static bool samples(std::size_t b) { return b / 64 % 16 == 0; }

  std::array<double, BlockRows::kRows + 1> batch_cost_{};  ///< of so many rows of a block
  double renew_;                                           ///< of a block's bounds
  double spared_ = 0;
  double observed_ = 0;
  bool pays_ = false;
};

}  // namespace tessera::cluster
