/// \file
/// Delimited text as a kind of records. Private to src/table.
#pragma once

#include <array>

#include "table/records/format.hpp"

namespace tessera::table {

[[nodiscard]] std::unique_ptr<RecordFormat> open_delimited(const Head& head,
                                                           const ReadOptions& options);

inline constexpr std::array<std::string_view, 3> kDelimitedEndings = {".csv", ".tsv", ".txt"};

/// All text that is nothing else.
inline constexpr RecordKind kDelimitedText = {
    "delimited", kDelimitedEndings, [](std::string_view) { return true; }, open_delimited};

}  // namespace tessera::table
