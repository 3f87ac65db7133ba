/// \file
/// How a column and the label go together. Private to src/pipeline/check.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "pipeline/check/columns.hpp"

namespace tessera::pipeline {

/// Of fewer rows with a value, nothing can be said of what goes together.
inline constexpr std::uint64_t kRowsPerLevel = 10;

/// Whether there are enough rows of each value for it to say something of what goes together.
[[nodiscard]] inline bool are_few(std::uint64_t values, std::uint64_t known) {
  return values * kRowsPerLevel <= known;
}

/// `rows`: of each value and label, value after value.
[[nodiscard]] LabelTies ties_of(std::span<const std::int64_t> rows, std::size_t labels);

}  // namespace tessera::pipeline
