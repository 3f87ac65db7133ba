/// \file
/// JSON Lines as a kind of records: an object per line. Private to src/table.
#pragma once

#include <array>

#include "table/records/format.hpp"

namespace tessera::table {

[[nodiscard]] bool begins_like_json(std::string_view head);
[[nodiscard]] std::unique_ptr<RecordFormat> open_json_lines(const Head& head,
                                                            const ReadOptions& options);

inline constexpr std::array<std::string_view, 2> kJsonLinesEndings = {".jsonl", ".ndjson"};

/// Members of nested objects are columns by their dotted path (address.city). Strings, numbers and
/// booleans are cells as they would stand in delimited text, with the same inference; what is null
/// or not there is missing. Arrays cannot be used.
inline constexpr RecordKind kJsonLines = {"jsonl", kJsonLinesEndings, begins_like_json,
                                          open_json_lines};

}  // namespace tessera::table
