// Text of any format, read in three ways that have to agree: into a file by one rank; into a file
// by three in small pieces; into the memory of three.
#pragma once

#include "fuzz/support/fuzz.hpp"
#include "tessera/table/text/ingest.hpp"

namespace tessera::fuzz {

/// Options that any format has, from the next choices.
void choose_options(Choices& choices, table::IngestOptions& options);

/// The next choices say how small the pieces are; the rest of them is the text.
void read_in_all_ways(Choices& choices, table::IngestOptions options);

}  // namespace tessera::fuzz
