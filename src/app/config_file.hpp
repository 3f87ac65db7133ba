/// \file
/// The text of a configuration file. Private to src/app.
#pragma once

#include <string>

#include "tessera/comm/communicator.hpp"

namespace tessera::app {

/// Collective. The root rank alone reads the file, once, so that a thousand ranks do not; all get
/// the text. A pipe or /dev/stdin will do, too. Throws kConfig if there is nothing to read, or far
/// more than a configuration; at once, if nobody writes to a pipe.
[[nodiscard]] std::string read_config(const comm::Communicator& comm, const std::string& path);

}  // namespace tessera::app
