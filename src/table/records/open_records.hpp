/// \file
/// The door of text, of all kinds. Private to src/table.
#pragma once

#include "table/records/input_file.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {

/// As open_source() says.
[[nodiscard]] OpenedTable open_records(const comm::Communicator& comm, const std::string& input,
                                       const ReadOptions& options, Progress& progress);

/// Collective: these, as one table called `name` in the memory of the ranks.
[[nodiscard]] OpenedTable open_inputs(const comm::Communicator& comm, const std::string& name,
                                      std::vector<TextInput> inputs, const ReadOptions& options,
                                      Progress& progress);

/// What a rank may keep of its node's memory: a fifth is left for what becomes of the values.
[[nodiscard]] std::uint64_t memory_of_a_rank(const comm::Communicator& comm);

}  // namespace tessera::table
