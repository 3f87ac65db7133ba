// In which order rows are to stand, so that there are whole blocks to pass over.
#pragma once

#include <cstdint>
#include <span>

#include "cluster/kmeans/row_bounds.hpp"

namespace tessera::cluster {

/// The rows of some blocks by when they may have to be looked at again, the first ones first: fills
/// `sorted`, up to RowOrder::kPieceRows, with their numbers, counted through all `blocks`.
/// `labels`: of all rows of the shard.
void sort_rows(const RowBounds& bounds, const Label* labels, std::span<const std::size_t> blocks,
               std::span<std::uint16_t> sorted);

}  // namespace tessera::cluster
