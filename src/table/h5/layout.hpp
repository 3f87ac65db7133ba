/// \file
/// Names in a table file, as FORMAT.md specifies them. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tessera/table/table.hpp"

namespace tessera::table::layout {

inline constexpr const char* kFormatAttribute = "tessera_format";
inline constexpr const char* kVersionAttribute = "tessera_format_version";
inline constexpr std::int64_t kVersion = 3;
inline constexpr std::int64_t kWithoutDates = 2;  // version of tables that have none
inline constexpr std::int64_t kFirstSealed = 2;   // version whose files have checksums
inline constexpr const char* kRowsAttribute = "rows";
inline constexpr const char* kColumnsAttribute = "columns";
inline constexpr const char* kTimeAttribute = "time";  // of a column of dates
inline constexpr const char* kFormat = "table";

inline constexpr const char* kTable = "/table";
inline constexpr const char* kLevels = "/levels";
inline constexpr const char* kText = "/text";

/// A column's name as the last part of an HDF5 path: '/', '%', control characters and a leading
/// '.' become %XX.
[[nodiscard]] std::string escape(std::string_view name);
[[nodiscard]] std::string dataset_of(std::string_view column);
[[nodiscard]] std::string levels_of(std::string_view column);
[[nodiscard]] std::string text_of(std::string_view column);

/// The smallest integer of `bytes` bytes, which stands for a missing value.
[[nodiscard]] std::int64_t missing_integer(std::size_t bytes);

/// Inverse of to_string(ColumnType); false if `text` names no type.
[[nodiscard]] bool parse_type(std::string_view text, ColumnType& type);

}  // namespace tessera::table::layout
