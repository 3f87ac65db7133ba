/// \file
/// The table of customers that a use case starts from, by any door.
#pragma once

#include <memory>
#include <string>

#include "tessera/comm/communicator.hpp"
#include "tessera/pipeline/observer.hpp"
#include "tessera/table/read_options.hpp"
#include "tessera/table/table.hpp"

namespace tessera::pipeline {

/// Collective: table::open_source(), telling the observer what there is to say of how text was
/// read: rows left out, columns that are nearly numbers.
[[nodiscard]] std::unique_ptr<table::Table> open_input(const comm::Communicator& comm,
                                                       const std::string& input,
                                                       const table::ReadOptions& options,
                                                       Observer& observer);

}  // namespace tessera::pipeline
