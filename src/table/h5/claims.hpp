/// \file
/// What a sealed table says of its columns. Checksums cannot tell whether it is true: whoever makes
/// a file seals what it says. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "tessera/io/h5.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

/// The name and the type that the attributes of a column's dataset tell. Throws kBadData naming the
/// object and the attribute if they are no such text, or if the name is not that of the dataset.
[[nodiscard]] Column claimed_column(const io::H5File& file, const io::H5Dataset& dataset,
                                    const std::string& path);

/// What the attributes of the dataset `path` tell of the values of a column, of which there are
/// `rows`, `element_bytes` each; nothing if they tell nothing. Throws kBadData naming the object
/// and the attribute if they are no such numbers, or contradict each other, the rows, the type or
/// the levels.
[[nodiscard]] std::optional<ColumnSummary> claimed_summary(const io::H5File& file,
                                                           const std::string& path,
                                                           const Column& column, std::uint64_t rows,
                                                           std::size_t element_bytes);

/// Throws kBadData naming the object and the attribute if missing, minimum or maximum are not
/// those of the values as they were `found`, which are stored in `element_bytes` each.
void compare_summary(const io::H5File& file, const std::string& path, const ColumnSummary& claimed,
                     const ColumnSummary& found, std::size_t element_bytes);

}  // namespace tessera::table
