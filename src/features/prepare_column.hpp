/// \file
/// From a column's values to prepared numbers. Private to src/features.
#pragma once

#include <cstdint>
#include <span>

#include "tessera/features/recipe.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {

/// Puts `filler` in place of NaN, applies `steps` to the values, of which there is one for each of
/// the rows, and prepares them as numeric feature `j`. Changes the values. Returns whether all came
/// out within kLargestPrepared.
[[nodiscard]] bool prepare_column(std::span<double> values, double filler,
                                  std::span<const FittedStep> steps, std::size_t j,
                                  FeatureRows& rows);

/// Throws kBadData naming the table, the first of rows [first, first + rows) of column `column`
/// whose raw value the feature refuses, and why; nothing where there is none.
void fail_at_refused(const table::Table& table, std::size_t column, const NumericFeature& feature,
                     std::uint64_t first, std::uint64_t rows);

}  // namespace tessera::features
