/// \file
/// A Recipe: the fitted steps that turn raw columns into rows of the feature space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/features/components.hpp"
#include "tessera/features/derived.hpp"
#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/features/steps/step.hpp"

namespace tessera::features {

/// One numeric column, or a category whose levels a step encodes as numbers -> one dimension. The
/// raw value of such a category is the number of its level.
struct NumericFeature {
  std::string column;
  std::vector<FittedStep> steps;  ///< in order: perhaps one encodes, one imputes, one scales
  bool operator==(const NumericFeature&) const = default;

  /// What replaces a missing value.
  [[nodiscard]] double impute() const {
    return steps[encoder() == nullptr ? 0 : 1].numbers.front();
  }
  /// The step that encodes, or null.
  [[nodiscard]] const FittedStep* encoder() const;
  /// Those behind the one that imputes.
  [[nodiscard]] std::span<const FittedStep> after_impute() const {
    return std::span(steps).subspan(encoder() == nullptr ? 1 : 2);
  }
  /// The step that scales. Only of a feature that has it.
  [[nodiscard]] const FittedStep& scale() const;
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

/// The level that all levels of a column are taken as that too few customers have to be named, and
/// what a recipe that has it takes levels as that it does not know.
inline constexpr std::string_view kOtherLevel = "(other)";

/// One category column -> one dimension per level, 0 or `factor`.
struct CategoryFeature {
  std::string column;
  std::vector<std::string> levels;  ///< sorted by bytes; one may be kOtherLevel
  std::uint32_t impute = 0;         ///< index of the level that replaces a missing value
  double factor = 1;                ///< the root of its weight
  std::uint32_t buckets = 0;        ///< where not 0, levels are those of bucket_name()
  bool operator==(const CategoryFeature&) const = default;

  /// The code of a level: its index; that of kOtherLevel, if there is one, where it has no name of
  /// its own; else kNoLevel.
  [[nodiscard]] std::uint16_t code_of(std::string_view level) const;
  /// Of a level that has no name of its own.
  [[nodiscard]] std::uint16_t other_code() const;
};

/// The one of so many buckets that a level is hashed into: the XXH64 of its bytes with seed 0
/// (https://xxhash.com), modulo `buckets`.
[[nodiscard]] std::uint64_t bucket_of(std::string_view level, std::uint32_t buckets);
/// What stands for the levels in a bucket: "#00" ... "#63" of 64, all of one length.
[[nodiscard]] std::string bucket_name(std::uint64_t bucket, std::uint32_t buckets);

/// What CategoryReader says of a missing value; never a code of prepared rows.
inline constexpr std::uint16_t kMissingLevel = 0xFFFE;

/// What preparing rows met, counted over rows and columns.
struct PreparedCounts {
  std::uint64_t imputed = 0;  ///< cells that were missing
  std::uint64_t unseen =
      0;  ///< cells with a level that the recipe has no code for: a block of zeros
};

/// A customer without a table: values in the order of a recipe's features.
struct RawRow {
  std::span<const double> numbers;               ///< NaN where missing; of derived columns too
  std::span<const std::string_view> categories;  ///< empty where missing
};

/// Dimensions are the numeric features in order, or components of them, then the category features'
/// levels in order.
struct Recipe {
  std::string id_column;               ///< empty: rows are known by their numbers
  std::string weight_column;           ///< what rows weighed in training; empty: all the same
  std::vector<DerivedColumn> derived;  ///< columns that features are of, and tables need not have
  std::vector<NumericFeature> numeric;
  Components components;
  std::vector<CategoryFeature> categories;
  bool operator==(const Recipe&) const = default;

  [[nodiscard]] Space space() const;
  /// How a column is made, or null if it is one of the table's own.
  [[nodiscard]] const DerivedColumn* derivation(std::string_view column) const;

  /// The coordinates that raw numbers, one per numeric feature, come to; and the
  /// raw numbers that a point stands for. Without the categories.
  [[nodiscard]] std::vector<float> point_of(std::span<const double> raw) const;
  [[nodiscard]] std::vector<double> restore(std::span<const float> point) const;

  /// Prepares one customer as local row `at` of `rows`, as a Preparer would. Throws kBadData,
  /// naming the column and the value, where a number cannot be prepared.
  void prepare(const RawRow& row, std::uint64_t at, FeatureRows& rows,
               PreparedCounts& counts) const;
};

}  // namespace tessera::features
