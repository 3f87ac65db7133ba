/// \file
/// The door of databases. Private to src/table.
#pragma once

#include "tessera/table/source.hpp"

namespace tessera::table {

/// As open_source() says.
[[nodiscard]] OpenedTable open_postgres(const comm::Communicator& comm, const std::string& input,
                                        const ReadOptions& options, Progress& progress);

}  // namespace tessera::table
