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

}  // namespace tessera::table
