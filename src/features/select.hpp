/// \file
/// What fitting and selecting columns share. Private to src/features.
#pragma once

#include <string>

#include "tessera/features/fit.hpp"

namespace tessera::features {

/// Leaves a column out, or refuses it if the user asked for it.
void leave_out(std::vector<LeftOut>& left_out, const table::Table& table, const FitOptions& options,
               const std::string& column, const std::string& reason);

}  // namespace tessera::features
