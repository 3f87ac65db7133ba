/// \file
/// `tessera score`: a table and a model in, the segment of every customer out.
#pragma once

#include "tessera/app/job.hpp"

namespace tessera::app {

[[nodiscard]] std::unique_ptr<Job> make_score_job();

}  // namespace tessera::app
