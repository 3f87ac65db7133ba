/// \file
/// What use cases need of memory. Private to src/pipeline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tessera/comm/communicator.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

/// Collective: bytes of the rank that needs most: the program, and the open table.
[[nodiscard]] std::uint64_t bytes_before_work(const comm::Communicator& comm,
                                              const table::Table& table);

/// base + rows * per_row + fixed; the largest number where that is too small for it.
[[nodiscard]] std::uint64_t bytes_of_rows(std::uint64_t base, std::uint64_t rows,
                                          std::uint64_t per_row, std::uint64_t fixed = 0);

/// Collective. Throws kUnfit if the ranks of a node, of which each needs `bytes_per_rank`, need
/// more than the largest node has. `work` begins the message ("training on a.h5"), `advice` ends
/// it. An estimate is compared with all of the memory, free or not: what is refused could never be.
void require_memory(const comm::Communicator& comm, std::uint64_t bytes_per_rank,
                    std::string_view work, std::string_view advice);

}  // namespace tessera::pipeline
