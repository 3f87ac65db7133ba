/// \file
/// `tessera ingest`: delimited text in, a typed table and a data-quality report out.
#pragma once

#include "tessera/app/job.hpp"

namespace tessera::app {

[[nodiscard]] std::unique_ptr<Job> make_ingest_job();

}  // namespace tessera::app
