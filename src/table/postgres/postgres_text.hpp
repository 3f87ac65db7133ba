/// \file
/// The rows of a table or a query of PostgreSQL, as text that each rank has a part of. Private to
/// src/table.
#pragma once

#include <string>

#include "table/records/input_file.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {

struct PostgresText {
  std::string name;     ///< of the table, for messages
  std::string text;     ///< this rank's part
  TextInput input;      ///< of these, which are kept by the caller
  ReadOptions options;  ///< to read them with
};

/// Collective. Up to 16 ranks read, each a range of a table's blocks, from one state of the
/// database; of a query, a view or a partitioned table one rank reads all. Takes as much memory as
/// the text has, up to `most_bytes` for a rank. Throws kUsage, kNoInput, kIo or kUnfit.
[[nodiscard]] std::unique_ptr<PostgresText> read_postgres(const comm::Communicator& comm,
                                                          const std::string& input,
                                                          const ReadOptions& options,
                                                          std::uint64_t most_bytes,
                                                          Progress& progress);

}  // namespace tessera::table
