/// \file
/// What fitting and selecting columns share. Private to src/features.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "tessera/features/fit.hpp"

namespace tessera::features {

[[nodiscard]] inline bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// The type that `columns_as` says a column is of, and that it says nothing.
enum class SaidType { kNothing, kNumber, kCategory, kText, kDate };
[[nodiscard]] SaidType said_type(const FitOptions& options, const std::string& column);

/// Throws kUsage where `columns_as` says what cannot be.
void check_said(const FitOptions& options);

/// Whether the user told how to treat this very column as a number.
[[nodiscard]] bool is_said_number(const FitOptions& options, const std::string& column);

/// The most specific section that takes the column and tells its `what`, the last of them; null if
/// none does.
[[nodiscard]] const ColumnSteps* most_specific(const FitOptions& options,
                                               const table::Column& column,
                                               std::string ColumnSteps::*what);

/// Whether a column is one of those that the user asked for, or of all but the id and ignored ones.
[[nodiscard]] bool is_wanted(const FitOptions& options, const std::string& column);

/// Whether the extremes of a column are drawn in where `clip` says so, as of a table's own (null);
/// not those of a circle, or of what is 0 or 1.
[[nodiscard]] bool clips(const DerivedColumn* derived);

/// The columns that something was taken of, which are no features themselves.
[[nodiscard]] std::vector<std::string> taken_columns(const RetypedTable& table);

/// Leaves a column out, or refuses it if the user asked for it.
void leave_out(std::vector<LeftOut>& left_out, const table::Table& table, const FitOptions& options,
               const std::string& column, const std::string& reason,
               const std::string& take_in = {});

}  // namespace tessera::features
