/// \file
/// Ranks that are threads of one process, for tests: many of them start in no time, and a tool that
/// watches threads (the thread sanitizer) sees all of them at once.
#pragma once

#include <functional>

#include "tessera/comm/communicator.hpp"

namespace tessera::comm {

/// Calls `body` on `ranks` threads, each with its own rank of one group (on one node), and returns
/// when all have returned. The group lives no longer than that.
///
/// Collectives behave as under MPI, and are checked: where ranks call different ones, or one has
/// ended while others call one, all of them throw a std::logic_error that names two ranks and
/// what they call. A rank whose body throws makes the others' collectives throw too, so that
/// nobody waits for it; what it threw is thrown again here, that of the lowest rank if there are
/// several. Throws std::invalid_argument if `ranks` is below 1, and std::system_error if so many
/// threads cannot be started.
///
/// Ranks that are processes share nothing; these share the process: its standard output, working
/// folder and environment, and what HDF5 does, which is one call at a time (io::H5File and
/// io::H5Creator see to it).
void run_on_threads(int ranks, const std::function<void(const Communicator&)>& body);

}  // namespace tessera::comm
