/// \file
/// What stands at the top of every log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"

namespace tessera::app {

/// Version and build type, such as "0.1.0 (Release)".
[[nodiscard]] std::string version_text();

/// The lines of `tessera --version -v`: commit, compiler, build type, MPI, HDF5, instructions.
[[nodiscard]] std::string build_text();

/// Collective. Everything that tells one run from another: version, build type, SIMD level, ranks
/// and nodes, library versions, host, working directory, command line, seed.
[[nodiscard]] std::string run_header(const comm::Communicator& comm,
                                     const std::vector<std::string>& arguments, std::uint64_t seed);

}  // namespace tessera::app
