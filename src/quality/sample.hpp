/// \file
/// A stratified sample of the rows of a segmented table.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/int128.hpp"
#include "tessera/quality/labelled.hpp"

namespace tessera::quality {

/// Rows taken at least from each segment that has them: enough for a variance within it.
inline constexpr std::uint64_t kFewestPerSegment = 10;

/// Rows to take from each segment: in proportion to its size, rounded up, at least
/// kFewestPerSegment, at most all. In sum at least min(rows, total) and a little more.
[[nodiscard]] std::vector<std::uint64_t> allocate(std::span<const std::uint64_t> sizes,
                                                  std::uint64_t rows);

/// The same in proportion to the mass of a segment, of `sizes` rows that can be drawn.
[[nodiscard]] std::vector<std::uint64_t> allocate(std::span<const std::uint64_t> sizes,
                                                  std::span<const numeric::Int128> masses,
                                                  std::uint64_t rows);

/// Collective. Chooses take[s] rows of each segment s at random, without replacement: those with
/// the smallest random numbers, functions of (seed, the row's key); where rows have drawn masses in
/// proportion to these, as draw_rows() does. Returns the local numbers of
/// this rank's rows among them, ascending; together they are the same rows at any number of ranks,
/// and in any order of rows that have keys of their own. No rank holds more than the sample.
[[nodiscard]] std::vector<std::uint64_t> choose_rows(const comm::Communicator& comm,
                                                     const Labelled& data,
                                                     std::span<const std::uint64_t> take,
                                                     std::uint64_t seed);

}  // namespace tessera::quality
