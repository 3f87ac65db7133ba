/// \file
/// The columns that options make of a table's own. Private to src/features.
#pragma once

#include <vector>

#include "tessera/features/fit.hpp"

namespace tessera::features {

/// Throws kConfig where a section of the options cannot be of the table's columns.
[[nodiscard]] std::vector<DerivedColumn> derivations(const RetypedTable& table,
                                                     const FitOptions& options);

/// Collective: has days of dates without a reference go by the latest date of their column.
void find_references(const comm::Communicator& comm, RetypedTable& typed);

/// Throws kConfig where `take` or `of` of a section is wrong, whatever the table.
void check_derivations(const FitOptions& options);

}  // namespace tessera::features
