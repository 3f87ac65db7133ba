/// \file
/// What rows weigh: the weights of a column as integers that can be added in any order.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/extremes.hpp"
#include "tessera/numeric/int128.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {

/// Weights on a grid that all rows of a table share: row i weighs mine[i] * 2^exponent.
struct RowMasses {
  std::vector<numeric::Mass> mine;  ///< of this rank's share (comm::share_of); empty: one each
  int exponent = 0;
  numeric::Int128 total = 0;  ///< of all ranks
  std::uint64_t rows = 0;     ///< of all ranks, that weigh something

  [[nodiscard]] bool none() const { return rows == 0; }
  /// What all rows weigh together.
  [[nodiscard]] double weight() const;
};

/// Collective. The weights in a column of numbers, each 0 or from 1e-100 to 1e100, and not all 0.
/// The grid is the coarsest that holds all of them exactly, but no coarser than 1, so that the
/// masses of whole numbers are these; where more than 62 bits lie between the largest weight and
/// the last bit of another, the finest that has 62 for the largest: weights are then rounded to
/// 2^-62 of it, those above 0 not to 0. Throws kBadData, about "weight", naming the row of a value
/// that is no weight, and where the column is none of numbers.
[[nodiscard]] RowMasses read_masses(const comm::Communicator& comm, const table::Table& table,
                                    const std::string& column);

/// Collective. What all rows weigh together: as many as they are where they have no masses.
[[nodiscard]] double total_weight(const comm::Communicator& comm, const FeatureRows& rows);

/// Collective. How many rows the table would have if each stood as often as it weighs, where all
/// weights are whole numbers; else how many it has that count.
[[nodiscard]] std::uint64_t rows_if_repeated(const comm::Communicator& comm,
                                             const FeatureRows& rows);

/// The mass of a row of weight 1, or the least above that.
[[nodiscard]] numeric::Mass mass_of_one(const FeatureRows& rows);

/// Collective. How many rows the table's stand for, where degrees of freedom are counted: each for
/// as many as it weighs, but for one at least; those of weight 0 for none.
[[nodiscard]] double rows_stood_for(const comm::Communicator& comm, const FeatureRows& rows);

/// Of the values of rows that count; all of them where `masses` is empty.
[[nodiscard]] numeric::Extremes extremes_of_counted(std::span<const double> values,
                                                    std::span<const numeric::Mass> masses);

}  // namespace tessera::features
