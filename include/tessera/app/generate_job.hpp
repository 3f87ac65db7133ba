/// \file
/// `tessera generate`: synthetic customers with known segments, as CSV or HDF5.
#pragma once

#include <memory>

#include "tessera/app/job.hpp"

namespace tessera::app {

[[nodiscard]] std::unique_ptr<Job> make_generate_job();

}  // namespace tessera::app
