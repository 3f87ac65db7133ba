/// \file
/// Preparing a table's rows by a Recipe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "tessera/features/recipe.hpp"
#include "tessera/features/retyped_table.hpp"
#include "tessera/table/table.hpp"

namespace tessera::features {

/// Reads a category feature's column, whatever its type, as codes of the feature's levels.
class CategoryReader {
 public:
  /// Both must outlive the reader. Throws kBadData if the table lacks the column or has it with
  /// numbers where no level is a number. A column that holds nothing is missing everywhere.
  CategoryReader(const CategoryFeature& feature, const table::Table& table);

  /// Rows [first, first + out.size()): a code, kNoLevel where no level has the value,
  /// kMissingLevel.
  void read(std::uint64_t first, std::span<std::uint16_t> out) const;

 private:
  enum class Source { kCodes, kNumbers, kText };
  void read_codes(std::uint64_t first, std::span<std::uint16_t> out) const;
  void read_numbers(std::uint64_t first, std::span<std::uint16_t> out) const;
  void read_text(std::uint64_t first, std::span<std::uint16_t> out) const;

  const CategoryFeature& feature_;
  const table::Table& table_;
  std::size_t column_;
  Source source_;
  std::vector<std::uint16_t> known_;                      // kCodes: table's code + 1 -> ours
  std::vector<std::pair<double, std::uint16_t>> values_;  // kNumbers: ascending
};

/// The table with the columns that the recipe encodes as numbers, or makes of others. It refers to
/// `table`. Throws kBadData if the table lacks one.
[[nodiscard]] std::unique_ptr<table::Table> as_encoded(const table::Table& table,
                                                       const Recipe& recipe);

/// Prepares a range of a table's rows by a recipe. Finds the recipe's columns in the table once.
///
/// The types of a batch are inferred from the batch alone, so they may differ from the training
/// table's: a column that holds nothing is missing everywhere, whatever its type; categories are
/// also taken from a column of text, and from one of numbers if a level of the recipe is a number;
/// numbers also from categories whose levels all are numbers.
class Preparer {
 public:
  /// Throws kBadData if the table lacks a column of the recipe or has it with a type that does not
  /// fit. Reads the columns of other types as far as it must to know.
  Preparer(const Recipe& recipe, const table::Table& table);

  /// Prepares rows [first, first + rows.rows()) into `rows`. Not collective. Throws kBadData naming
  /// column and row at a value that a feature refuses.
  void prepare(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const;

  /// The categories alone.
  void prepare_categories(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const;

 private:
  void find_number(const NumericFeature& feature);
  void prepare_features(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const;
  void prepare_numbers(std::uint64_t first, FeatureRows& rows, PreparedCounts& counts) const;

  const Recipe& recipe_;
  RetypedTable table_;
  std::vector<bool> has_numbers_;             ///< per numeric feature: false if all is missing
  std::vector<std::size_t> numeric_columns_;  ///< of the features that have numbers
  std::vector<CategoryReader> categories_;
};

}  // namespace tessera::features
