/// \file
/// Dividing a delimited file among the ranks. Private to src/table.
#pragma once

#include <cstddef>
#include <functional>

#include "table/records/format.hpp"
#include "table/text/quote_states.hpp"
#include "table/text/text_format.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/io/bytes.hpp"

namespace tessera::table {

/// Collective: this rank's share of the bytes behind the header, with the line and the state of
/// quoting at its start. Throws kBadData on all ranks if a quote is never closed, or if a byte is
/// zero. `progress(done, total)` in bytes.
[[nodiscard]] TextRange locate(const comm::Communicator& comm, const io::Bytes& file,
                               const TextFormat& format, const QuoteRules& rules,
                               std::size_t chunk_bytes,
                               const std::function<void(std::uint64_t, std::uint64_t)>& progress);

}  // namespace tessera::table
