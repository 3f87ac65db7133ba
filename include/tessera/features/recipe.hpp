/// \file
/// A Recipe: the fitted steps that turn raw columns into rows of the feature space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/features/steps/step.hpp"

namespace tessera::features {

/// One numeric column -> one dimension.
struct NumericFeature {
  std::string column;
  std::vector<FittedStep> steps;  ///< in order; the first imputes
  bool operator==(const NumericFeature&) const = default;

  /// What replaces a missing value.
  [[nodiscard]] double impute() const { return steps.front().numbers.front(); }
  /// The step of that name, or null.
  [[nodiscard]] const FittedStep* find(std::string_view name) const;

  /// The prepared value of a raw one, which may be missing.
  [[nodiscard]] float prepare(double raw) const;
  /// The raw value that a coordinate stands for.
  [[nodiscard]] double restore(double prepared) const;
  /// Why a raw value cannot be prepared: it is infinite, a step is not defined for it, or it comes
  /// out larger than kLargestPrepared. Empty if it can.
  [[nodiscard]] std::string refuses(double raw) const;
};

/// Squares of prepared values and their sums must stay well inside single precision.
inline constexpr float kLargestPrepared = 1e15F;

/// What a level is called that too few customers have to be named: "(other 0123456789abcdef)", the
/// digits being the first of the SHA-256 of its column and its name. So a model knows the level
/// when it meets it, but does not tell it.
[[nodiscard]] std::string hidden_level(std::string_view column, std::string_view level);
[[nodiscard]] bool is_hidden_level(std::string_view level);
/// What all of these are called together, for people.
inline constexpr std::string_view kOtherLevels = "(other)";

/// One category column -> one dimension per level, 0 or 1, unscaled.
struct CategoryFeature {
  std::string column;
  std::vector<std::string> levels;  ///< sorted by bytes; some may be hidden_level()s
  std::uint32_t impute = 0;         ///< index of the level that replaces a missing value
  bool operator==(const CategoryFeature&) const = default;

  /// The code of a level: its index, by its name or its hidden one; else kNoLevel.
  [[nodiscard]] std::uint16_t code_of(std::string_view level) const;
  [[nodiscard]] bool has_hidden_levels() const;
};

/// What CategoryReader says of a missing value; never a code of prepared rows.
inline constexpr std::uint16_t kMissingLevel = 0xFFFE;

/// What preparing rows met, counted over rows and columns.
struct PreparedCounts {
  std::uint64_t imputed = 0;  ///< cells that were missing
  std::uint64_t unseen = 0;   ///< cells with a level that training never saw: a block of zeros
};

/// A customer without a table: values in the order of a recipe's features.
struct RawRow {
  std::span<const double> numbers;               ///< NaN where missing
  std::span<const std::string_view> categories;  ///< empty where missing
};

/// Dimensions are the numeric features in order, then the category features' levels in order.
struct Recipe {
  std::string id_column;  ///< empty: rows are known by their numbers
  std::vector<NumericFeature> numeric;
  std::vector<CategoryFeature> categories;
  bool operator==(const Recipe&) const = default;

  [[nodiscard]] Space space() const;

  /// Prepares one customer as local row `at` of `rows`, as a Preparer would. Throws kBadData,
  /// naming the column and the value, where a number cannot be prepared.
  void prepare(const RawRow& row, std::uint64_t at, FeatureRows& rows,
               PreparedCounts& counts) const;
};

}  // namespace tessera::features
