/// \file
/// Rows of totals, which are no customers. Private to src/table.
#pragma once

#include <cstddef>
#include <string_view>

namespace tessera::table {

/// True if the first of the cells that is not empty says so: total, sum, Summe, Gesamt and the
/// like, in whatever case, with a colon behind it or not. The cells stand `stride` apart.
[[nodiscard]] bool is_row_of_totals(const std::string_view* cells, std::size_t columns,
                                    std::size_t stride);

}  // namespace tessera::table
