/// \file
/// What use cases need of memory. Private to src/pipeline.
#pragma once

#include <cstdint>

#include "tessera/comm/communicator.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

/// Collective: bytes of the rank that needs most: the program, and the open table.
inline std::uint64_t bytes_before_work(const comm::Communicator& comm, const table::Table& table) {
  constexpr std::uint64_t kProgram = std::uint64_t{100} << 20U;
  return kProgram + comm.all_max(table.memory_bytes());
}

}  // namespace tessera::pipeline
