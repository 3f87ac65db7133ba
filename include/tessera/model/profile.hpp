/// \file
/// What the customers of each segment look like, in the units of the table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/fit.hpp"
#include "tessera/features/recipe.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/table/table.hpp"

namespace tessera::model {

/// One numeric column over the segments; missing values are left out of the means, and rows count
/// as often as they weigh.
struct NumericProfile {
  std::string column;
  double mean = 0;                     ///< of all rows
  double deviation = 0;                ///< population standard deviation of all rows
  std::vector<double> means;           ///< per segment; NaN where all values are missing
  std::vector<std::uint64_t> missing;  ///< per segment
  bool operator==(const NumericProfile&) const = default;
};

/// One category column over the segments.
struct CategoryProfile {
  std::string column;
  std::vector<std::string> levels;
  std::vector<std::uint64_t> counts;   ///< rows: segments x levels, row-major
  std::vector<std::uint64_t> missing;  ///< rows per segment
  /// What the rows counted weigh, NaN where their number is hidden; empty where each weighs 1.
  std::vector<double> weights = {};
  /// How much they weigh of a level in a segment.
  [[nodiscard]] double weight(std::size_t at) const {
    return weights.empty() ? static_cast<double>(counts[at]) : weights[at];
  }
  bool operator==(const CategoryProfile&) const = default;
};

struct Profile {
  std::vector<NumericProfile> numeric;
  std::vector<CategoryProfile> categories;
  bool operator==(const Profile&) const = default;
};

/// Collective. Profiles the recipe's columns of this rank's share of the table (comm::share_of),
/// whose rows have the segments `labels` (from 0). `raw`: of its numeric columns, as fit() found
/// them. `masses`: of the rows, in units of 2^exponent, where the recipe has a weight column; rows
/// without mass are not counted. Reads the columns piece by piece.
[[nodiscard]] Profile profile(const comm::Communicator& comm, const table::Table& table,
                              const features::Recipe& recipe,
                              std::span<const features::RawValues> raw,
                              std::span<const std::int32_t> labels, std::size_t segments,
                              std::span<const numeric::Mass> masses = {}, int exponent = 0);

}  // namespace tessera::model
