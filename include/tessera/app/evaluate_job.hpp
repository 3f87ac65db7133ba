/// \file
/// `tessera evaluate`: how good a model's segments are on a table.
#pragma once

#include "tessera/app/job.hpp"

namespace tessera::app {

[[nodiscard]] std::unique_ptr<Job> make_evaluate_job();

}  // namespace tessera::app
