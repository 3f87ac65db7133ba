/// \file
/// The kinds of outputs. Private to src/table.
#pragma once

#include <memory>
#include <string>

#include "tessera/table/sink.hpp"

namespace tessera::table {

/// Comma-separated text (RFC 4180) under a line of names.
[[nodiscard]] std::unique_ptr<Sink> create_csv_sink(const comm::Communicator& comm,
                                                    const std::string& path, SinkPlan plan);
/// A table in Tessera's HDF5 layout (FORMAT.md).
[[nodiscard]] std::unique_ptr<Sink> create_h5_sink(const comm::Communicator& comm,
                                                   const std::string& path, SinkPlan plan);
/// A table of PostgreSQL, `postgresql://...?table=NAME`: replaced in one transaction, or merged
/// into by a column, `&merge=NAME` (io::PostgresWriter).
[[nodiscard]] std::unique_ptr<Sink> create_postgres_sink(const comm::Communicator& comm,
                                                         const std::string& path, SinkPlan plan);

}  // namespace tessera::table
