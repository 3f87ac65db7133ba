/// \file
/// The door of text, of all kinds. Private to src/table.
#pragma once

#include "tessera/table/source.hpp"

namespace tessera::table {

/// As open_source() says.
[[nodiscard]] OpenedTable open_records(const comm::Communicator& comm, const std::string& input,
                                       const ReadOptions& options, Progress& progress);

}  // namespace tessera::table
