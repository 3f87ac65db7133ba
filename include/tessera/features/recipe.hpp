/// \file
/// A Recipe: the fitted steps that turn raw columns into rows of the feature space.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tessera/features/rows/feature_rows.hpp"
#include "tessera/numeric/extremes.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {

/// One numeric column -> one dimension: impute, transform, centre, scale.
struct NumericStep {
  std::string column;
  double impute = 0;   ///< replaces a missing value: the training data's median
  bool log1p = false;  ///< ln(1 + x), after imputing; x must be above -1
  double offset = 0;   ///< mean of the transformed training values
  double divisor = 1;  ///< their population standard deviation, or 1 with Scale::kNone
  bool operator==(const NumericStep&) const = default;

  /// Throws kBadData, naming `where`, the column, the row and the value, if one of the raw `values`
  /// is infinite or outside the transformation's domain. NaN stands for missing and passes.
  /// `range`: of the values; `first`: the number of their first row in the table.
  void check(const std::string& where, std::uint64_t first, const numeric::Extremes& range,
             std::span<const double> values) const;

  /// The transformed value, before centring and scaling.
  [[nodiscard]] double transform(double raw) const { return log1p ? std::log1p(raw) : raw; }
  /// Likewise of all; NaN stays NaN.
  void transform(std::span<double> values) const;

  /// The prepared value of a raw one that is not missing.
  [[nodiscard]] float prepare(double raw) const { return prepare_transformed(transform(raw)); }
  [[nodiscard]] float prepare_transformed(double transformed) const {
    return static_cast<float>((transformed - offset) / divisor);
  }
  /// Squares of prepared values and their sums must stay well inside single precision.
  static constexpr float kLargestPrepared = 1e15F;
  /// Prepares a column's transformed values as numeric feature `j` of `rows`, with `impute` in
  /// place of NaN. Throws kBadData, naming the table, column, row and raw value, at one that is
  /// larger than kLargestPrepared then. `column`: of the table.
  void prepare_column(const table::Table& table, std::size_t column,
                      std::span<const double> transformed, std::size_t j, FeatureRows& rows) const;

  /// The raw value that a coordinate stands for.
  [[nodiscard]] double restore(double prepared) const;
};

/// One category column -> one dimension per level, 0 or 1, unscaled.
struct CategoryStep {
  std::string column;
  std::vector<std::string> levels;  ///< sorted by bytes
  std::uint32_t impute = 0;         ///< index of the level that replaces a missing value
  bool operator==(const CategoryStep&) const = default;
};

/// Dimensions are the numeric steps in order, then the category steps' levels in order.
struct Recipe {
  std::string id_column;  ///< empty: rows are known by their numbers
  std::vector<NumericStep> numeric;
  std::vector<CategoryStep> categories;
  bool operator==(const Recipe&) const = default;

  [[nodiscard]] Space space() const;
};

/// What preparing rows met, counted over rows and columns.
struct PreparedCounts {
  std::uint64_t imputed = 0;  ///< cells that were missing
  std::uint64_t unseen = 0;   ///< cells with a level that training never saw: a block of zeros
};

/// Prepares a range of a table's rows by a recipe. Finds the recipe's columns in the table once.
///
/// The types of a batch are inferred from the batch alone, so they may differ from the training
/// table's: a column that holds nothing is missing everywhere, whatever its type; categories are
/// also taken from a column of text, and from one of numbers if a level of the recipe is a number.
class Preparer {
 public:
  /// Throws kBadData if the table lacks a column of the recipe or has it with a type that does not
  /// fit. Reads the columns of other types as far as it must to know.
  Preparer(const Recipe& recipe, const table::Table& table);

  /// Prepares rows [first, first + rows.rows()) into `rows`. Not collective. Throws kBadData naming
  /// column and row at an infinite value or one outside a transformation's domain.
  void prepare(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const;

  /// The categories alone.
  void prepare_categories(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const;

 private:
  void prepare_numbers(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const;

  /// Where a category step finds its values: as codes of the table's levels, or as text, which
  /// read_levels() turns into codes of the recipe's.
  struct CategorySource {
    std::size_t column = 0;
    bool as_text = false;
    /// Code + 1 -> the recipe's code: first what replaces a missing one, last what no level has.
    std::vector<std::uint16_t> known;
  };

  void find_number(const NumericStep& step);
  void find_category(const CategoryStep& step);
  /// Writes category `c` of the rows from local row `at` on.
  void prepare_codes(std::size_t c, std::span<const std::int32_t> codes, std::uint64_t at,
                     FeatureRows& rows, PreparedCounts& counts) const;
  void read_levels(std::size_t c, std::uint64_t first, std::span<std::int32_t> out) const;

  const Recipe& recipe_;
  const table::Table& table_;
  std::vector<bool> has_numbers_;             ///< per numeric step: false if all is missing
  std::vector<std::size_t> numeric_columns_;  ///< of the steps that have numbers
  std::vector<CategorySource> categories_;
};

}  // namespace tessera::features
