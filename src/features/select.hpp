/// \file
/// What fitting and selecting columns share. Private to src/features.
#pragma once

#include <string>

#include "tessera/features/fit.hpp"

namespace tessera::features {

/// The type that `columns_as` says a column is of, and that it says nothing.
enum class SaidType { kNothing, kNumber, kCategory, kText };
[[nodiscard]] SaidType said_type(const FitOptions& options, const std::string& column);

/// Whether the user said something of this very column: that it is a feature, its type or its
/// steps.
[[nodiscard]] bool is_asked_for(const FitOptions& options, const std::string& column);

/// Whether the user told how to treat this very column as a number.
[[nodiscard]] bool is_said_number(const FitOptions& options, const std::string& column);

/// Leaves a column out, or refuses it if the user asked for it.
void leave_out(std::vector<LeftOut>& left_out, const table::Table& table, const FitOptions& options,
               const std::string& column, const std::string& reason,
               const std::string& take_in = {});

}  // namespace tessera::features
