/// \file
/// `tessera inspect`: what a file of Tessera holds.
#pragma once

#include "tessera/app/job.hpp"

namespace tessera::app {

[[nodiscard]] std::unique_ptr<Job> make_inspect_job();

}  // namespace tessera::app
