/// \file
/// What the columns of delimited text are called. Private to src/table.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "table/records/format.hpp"
#include "table/text/layout.hpp"

namespace tessera::table {

/// Those in a header, made unique: a second `age` is called age_2, a column without a name column_N
/// by its place. `notes` gets what a person should know of that.
[[nodiscard]] std::vector<ColumnName> names_in(const std::vector<std::string>& header,
                                               Layout::Unnamed unnamed,
                                               std::vector<std::string>& notes);
/// As stated.
[[nodiscard]] std::vector<ColumnName> given_names(const std::vector<std::string>& names);
/// column_1, column_2, ...
[[nodiscard]] std::vector<ColumnName> numbered_names(std::size_t columns);

}  // namespace tessera::table
