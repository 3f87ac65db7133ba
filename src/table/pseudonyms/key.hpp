/// \file
/// The key of pseudonyms, from its file. Private to src/table.
#pragma once

#include "tessera/base/pseudonyms.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/table/read_options.hpp"

namespace tessera::table {

/// Collective: the key that `options` name, as the root rank reads it; one line end behind it does
/// not count, as editors put one there. Throws kUsage where no columns are named or the key is too
/// short, kNoInput.
[[nodiscard]] Pseudonyms read_key(const comm::Communicator& comm, const ReadOptions& options);

}  // namespace tessera::table
