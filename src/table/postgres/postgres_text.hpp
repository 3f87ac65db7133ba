/// \file
/// The rows of a table or a query of PostgreSQL, as text that each rank has a part of. Private to
/// src/table.
#pragma once

#include "table/fetched/fetched_text.hpp"

namespace tessera::table {

/// Collective, as fetch(). Up to 16 ranks read, each a range of a table's blocks, from one state of
/// the database; of a query, a view or a partitioned table one rank reads all. Throws kUsage,
/// kNoInput, kBadData, kIo or kUnfit.
[[nodiscard]] std::unique_ptr<FetchedText> read_postgres(const comm::Communicator& comm,
                                                         const std::string& input,
                                                         const ReadOptions& options,
                                                         std::uint64_t most_bytes,
                                                         Progress& progress);

}  // namespace tessera::table
