/// \file
/// `tessera train`: a table in, a model out.
#pragma once

#include "tessera/app/job.hpp"

namespace tessera::app {

[[nodiscard]] std::unique_ptr<Job> make_train_job();

}  // namespace tessera::app
