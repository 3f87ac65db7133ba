/// \file
/// The program, from its arguments to its exit code.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tessera/app/job.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::app {

/// Collective. Runs `tessera arguments...` with the given jobs and returns the exit code, equal on
/// all ranks. An Error, which all ranks throw together, ends as one message on stderr. Any other
/// exception leaves this function: it may have been thrown on one rank alone.
[[nodiscard]] int run(const comm::Communicator& comm, const std::vector<std::string>& arguments,
                      const std::vector<std::unique_ptr<Job>>& jobs);

}  // namespace tessera::app
