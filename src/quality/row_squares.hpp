// Squared distances of rows to the point of their segment, piece by piece, and their sums.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/distances.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/quality/labelled.hpp"

namespace tessera::quality {

/// Calls visit(squares, segments, masses) with pieces of this rank's rows: their squared distances
/// to the point of their segment; masses are empty where rows have none.
template <typename Visit>
void for_each_piece(const Labelled& data, const features::Points& points, const Visit& visit) {
  constexpr std::size_t kBlock = features::FeatureRows::kBlock;
  // at least as many rows as segments, each of which costs something per piece
  const std::size_t piece =
      std::max<std::size_t>(64, static_cast<std::size_t>(data.segments) / kBlock + 1);
  std::vector<double> squares(std::min(piece, data.rows.blocks()) * kBlock);
  for (std::size_t b = 0; b < data.rows.blocks(); b += piece) {
    std::size_t count = 0;
    for (std::size_t n = b; n < std::min(b + piece, data.rows.blocks()); ++n) {
      points.sparse_squared_distances(data.rows, n, data.labels.subspan(n * kBlock),
                                      squares.data() + count);
      count += data.rows.rows_in_block(n);
    }
    visit(std::span(squares).first(count), data.labels.subspan(b * kBlock, count),
          data.rows.masses(b * kBlock, count));
  }
}

/// Adds the values, each as often as its row counts, to the sums of their segments.
inline void add(std::span<const double> values, std::span<const std::int32_t> segments,
                std::span<const numeric::Mass> masses, std::span<numeric::ExactSum> sums) {
  if (masses.empty()) {
    numeric::ExactSum::add_by_group(values, segments, sums);
  } else {
    numeric::ExactSum::add_by_group(values, segments, masses, sums);
  }
}

/// Collective: the largest of all counted rows' squared distances. They are computed again for
/// their sums, which need it, rather than kept.
[[nodiscard]] double largest_square(const comm::Communicator& comm, const Labelled& data,
                                    const features::Points& points);

/// Collective: the sums over all ranks, times 2^exponent.
[[nodiscard]] std::vector<double> totals(const comm::Communicator& comm,
                                         std::vector<numeric::ExactSum> sums, int exponent);

}  // namespace tessera::quality
