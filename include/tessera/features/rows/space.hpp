/// \file
/// The space that prepared rows are points of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tessera::features {

/// The feature space: `numeric` real dimensions followed by one block of one-hot dimensions per
/// category. One-hot in meaning only: of a row, the code of its level is kept (CategoryTables). A
/// category that is weighted has another value than 1 there.
struct Space {
  std::size_t numeric = 0;
  std::vector<std::size_t> levels;  ///< levels of each category
  /// What a row has in the dimension of its level, for each category; empty: 1 for all.
  std::vector<float> level_values = {};

  [[nodiscard]] std::size_t categories() const { return levels.size(); }
  /// numeric + sum of levels: the width of a centroid.
  [[nodiscard]] std::size_t dimensions() const;
  /// First dimension of category `c`.
  [[nodiscard]] std::size_t first_dimension(std::size_t c) const;
  /// What a row has in the dimension of its level of category `c`.
  [[nodiscard]] double level_value(std::size_t c) const {
    return level_values.empty() ? 1.0 : double{level_values[c]};
  }
  /// The squared norm of a row's categories, at most: the sum of the squares of their values.
  [[nodiscard]] double categories_norm() const;
  bool operator==(const Space&) const = default;
};

/// Code of a row that has none of a category's levels (an unseen level at scoring time when the
/// recipe says so): a one-hot block of zeros.
inline constexpr std::uint16_t kNoLevel = 0xFFFF;

/// Whether rows may have none of a category's levels.
enum class Unseen { kPossible, kAbsent };

}  // namespace tessera::features
