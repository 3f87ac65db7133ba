/// \file
/// The second pass: numeric columns side by side. Private to src/pipeline/check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "pipeline/check/columns.hpp"

namespace tessera::pipeline {

/// Rows whose values are held at once.
inline constexpr std::uint64_t kRowsInBlock = std::uint64_t{1} << 14U;

struct Correlations {
  std::vector<double> matrix;  ///< NaN where there is none
  std::size_t count = 0;
  [[nodiscard]] double at(std::size_t i, std::size_t j) const { return matrix[i * count + j]; }
};

/// Collective. Of `columns`, which are of the table in the places `indices`: Pearson's, over the
/// rows where both of a pair are known (3 at least), of exact sums.
[[nodiscard]] Correlations correlate(const comm::Communicator& comm, const table::Table& table,
                                     std::span<const std::size_t> indices,
                                     std::span<const CheckedColumn* const> columns,
                                     Progress& progress);

}  // namespace tessera::pipeline
