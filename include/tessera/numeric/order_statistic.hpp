/// \file
/// Exact order statistics of values spread over the ranks.
#pragma once

#include <cstdint>
#include <span>

#include "tessera/comm/communicator.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/int128.hpp"

namespace tessera::numeric {

/// Collective: the value at `position` (from 0) of all ranks' values sorted together, NaNs left
/// out; `position` must be below their number, `known`. A sample narrows the values down to a few
/// that surround it; radix selection on the bits of the doubles finds it among them, or among all
/// where the sample misleads: six passes and all-reduces of 2048 counts, whatever the distribution.
[[nodiscard]] double order_statistic(const comm::Communicator& comm, std::span<const double> values,
                                     std::uint64_t known, std::uint64_t position);

/// Collective: the median of all ranks' values that are not NaN, of which there are `known`; the
/// mean of the two middle ones if their number is even; NaN if there are none.
[[nodiscard]] double median(const comm::Communicator& comm, std::span<const double> values,
                            std::uint64_t known);

/// One value that stands for many.
struct Repeated {
  double value = 0;
  std::uint64_t times = 0;
};

/// Collective: the value below which the share `q` in [0, 1] lies of all ranks' values that are not
/// NaN, of which there are `known`, and of `others` with them; between two values on the straight
/// line, as numpy's default. NaN if there are none. The median is that of median().
[[nodiscard]] double quantile(const comm::Communicator& comm, std::span<const double> values,
                              std::uint64_t known, double q, const Repeated& others = {});

/// One value that stands for as many as a mass says.
struct Massive {
  double value = 0;
  Int128 mass = 0;
};

/// Collective: the same where each value stands as often as its mass says; those that are not NaN
/// have the mass `known` together. Six passes and all-reduces of 2048 masses for each value that is
/// looked for.
[[nodiscard]] double quantile(const comm::Communicator& comm, std::span<const double> values,
                              std::span<const Mass> masses, Int128 known, double q,
                              const Massive& others = {});

}  // namespace tessera::numeric
