/// \file
/// BSON, as mongodump writes it: documents one behind the other. Private to src/table.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "table/records/format.hpp"
#include "tessera/io/bytes.hpp"

namespace tessera::table {

/// The same as JSON Lines, a line for each document: line and document have one number. Dates are
/// texts (2024-01-31T09:05:00Z), ids hexadecimal; minimal and maximal keys, NaN and what is
/// undefined are null. Reading throws kBadData naming the document that is damaged or cut off. As
/// of https://bsonspec.org/spec.html.
[[nodiscard]] std::unique_ptr<io::Stream> bson_lines(std::unique_ptr<io::Stream> documents);

/// As RecordKind says, of what bson_lines() makes.
[[nodiscard]] std::unique_ptr<RecordFormat> open_bson(const Head& head, const ReadOptions& options);

inline constexpr std::array<std::string_view, 1> kBsonEndings = {".bson"};

inline constexpr RecordKind kBson = {.name = "bson",
                                     .endings = kBsonEndings,
                                     .begins = [](std::string_view) { return false; },
                                     .open = open_bson,
                                     .as_text = bson_lines};

}  // namespace tessera::table
