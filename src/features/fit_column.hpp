/// \file
/// Fitting the steps of one column. Private to src/features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "features/fitting_column.hpp"
#include "features/number_levels.hpp"
#include "tessera/features/fit.hpp"

namespace tessera::features {

/// What fitting a numeric column came to.
struct FittedColumn {
  NumericFeature feature;
  RawValues raw;
  std::string reason;  ///< why it cannot be a feature; empty if it can
  /// How many of the feature's steps its values have gone through; the rest is left to preparing.
  std::size_t applied = 0;
};

/// Collective. Fits the chain to column `column` of the table, whose values `values` are, of this
/// rank's share from row `first` on; of all ranks' they are within `range`. Throws kBadData naming
/// the row of a value that a step is not defined for.
[[nodiscard]] FittedColumn fit_numbers(const comm::Communicator& comm, const table::Table& table,
                                       std::size_t column, std::uint64_t first, const Chain& chain,
                                       const numeric::Extremes& range, FittingColumn& values);

/// Fits the step that encodes to the levels of a category. Throws kBadData naming table, column and
/// level where it cannot.
[[nodiscard]] FittedStep encode(const StepSpec& step, const NumberLevels& levels,
                                const std::string& table, const std::string& column,
                                std::uint64_t min_group);

/// Fits the chain to a category from the counts of its levels over all ranks, of which those below
/// `min_group` are taken together. Returns why the column cannot be a feature; empty if it can.
[[nodiscard]] std::string fit_levels(const Chain& chain, const LevelFacts& all,
                                     std::uint64_t min_group, CategoryFeature& feature);

}  // namespace tessera::features
