/// \file
/// That all ranks read the same table in an HDF5 file. Private to src/table.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tessera/comm/communicator.hpp"
#include "tessera/table/table.hpp"

namespace tessera::table {

/// Collective: throws kNoInput on all ranks, as io::require_same() does, unless all have found so
/// many rows and these columns under `name`.
void require_same_shape(const comm::Communicator& comm, const std::string& name, std::uint64_t rows,
                        std::span<const Column> columns);

}  // namespace tessera::table
