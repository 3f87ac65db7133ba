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
#include "tessera/table/table.hpp"

namespace tessera::model {

/// One numeric column over the segments; missing values are left out of the means.
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
  std::vector<std::uint64_t> counts;   ///< segments x levels, row-major
  std::vector<std::uint64_t> missing;  ///< per segment
  bool operator==(const CategoryProfile&) const = default;
};

struct Profile {
  std::vector<NumericProfile> numeric;
  std::vector<CategoryProfile> categories;
  bool operator==(const Profile&) const = default;
};

/// Collective. Profiles the recipe's columns of this rank's share of the table (comm::share_of),
/// whose rows have the segments `labels` (from 0). `raw`: of its numeric columns, as fit() found
/// them. Reads the columns piece by piece.
[[nodiscard]] Profile profile(const comm::Communicator& comm, const table::Table& table,
                              const features::Recipe& recipe,
                              std::span<const features::RawValues> raw,
                              std::span<const std::int32_t> labels, std::size_t segments);

}  // namespace tessera::model
