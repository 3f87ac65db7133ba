/// \file
/// The rows of a batch as delimited text. Private to src/table.
#pragma once

#include <span>

#include "table/sink/csv_rows.hpp"
#include "tessera/table/sink.hpp"

namespace tessera::table {

/// Adds all rows of the batch. `csv_safe`: as of a SinkPlan.
void add_rows(const SinkBatch& batch, std::span<const PlannedColumn> columns, bool csv_safe,
              CsvRows& out);

}  // namespace tessera::table
