/// \file
/// A column of a table that is to be written.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tessera/table/table.hpp"

namespace tessera::table {

/// Text needs the column and the decimals alone; the rest is for files that are laid out before
/// their rows are known (is_laid_out()). The summary's minimum and maximum choose the narrowest
/// storage of integers.
struct PlannedColumn {
  Column column;
  ColumnSummary summary;
  /// The summary is that of the values, and is kept in the file; else its minimum and maximum are
  /// limits of what the values may be.
  bool counted = false;
  std::size_t text_width = 0;     ///< kText: bytes of the longest value
  std::uint64_t text_bytes = 0;   ///< kText: of all values; 0: they are about equally long
  bool single_precision = false;  ///< kReal: store as 32-bit floats
  /// Numbers as text: digits behind the point; below 0 as many as it takes to read the same number.
  int decimals = -1;
  bool holds_numbers = false;  ///< kText: all values are numbers, such as ids counted by a machine
};

}  // namespace tessera::table
