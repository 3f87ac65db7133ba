/// \file
/// The rows of Parquet files, as text that each rank has a part of. Private to src/table.
#pragma once

#include "table/fetched/fetched_text.hpp"

namespace tessera::table {

/// Whether the first of the files that `input` names is Parquet.
[[nodiscard]] bool is_parquet_input(const std::string& input);

/// Collective, as fetch(): each rank reads its share of the rows of all files together, which have
/// the same columns. Lists and structures are left out, with a note. Throws kUsage, kNoInput,
/// kBadData, kIo or kUnfit.
[[nodiscard]] std::unique_ptr<FetchedText> read_parquet(const comm::Communicator& comm,
                                                        const std::string& input,
                                                        const ReadOptions& options,
                                                        std::uint64_t most_bytes,
                                                        Progress& progress);

}  // namespace tessera::table
