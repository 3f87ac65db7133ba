/// \file
/// Reading a file to its end, only to know that it is as it was written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tessera/comm/communicator.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

/// Collective: compares all bytes of an HDF5 file of Tessera's with their checksums, each rank its
/// share; returns their number. Nothing for a file without checksums: of an earlier version, or
/// another program's. Throws kNoInput, kIo, or kBadData naming the object that is damaged.
[[nodiscard]] std::optional<std::uint64_t> verify_checksums(const comm::Communicator& comm,
                                                            const std::string& path);

/// Collective: reads all values of a table, so that whatever protects them is looked at
/// (HDF5 compares the Fletcher-32 checksums of chunks that have them), and compares them with what
/// the file says of them (Table::check_summary). Throws as Table does.
void read_all_values(const comm::Communicator& comm, const table::Table& table, Observer& observer);

}  // namespace tessera::pipeline
