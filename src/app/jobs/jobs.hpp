// The makers of the jobs, each in a file of its own.
#pragma once

#include <memory>

#include "tessera/app/job.hpp"

namespace tessera::app {

[[nodiscard]] std::unique_ptr<Job> make_generate_job();
[[nodiscard]] std::unique_ptr<Job> make_ingest_job();
[[nodiscard]] std::unique_ptr<Job> make_check_job();
[[nodiscard]] std::unique_ptr<Job> make_rfm_job();
[[nodiscard]] std::unique_ptr<Job> make_train_job();
[[nodiscard]] std::unique_ptr<Job> make_evaluate_job();
[[nodiscard]] std::unique_ptr<Job> make_score_job();
[[nodiscard]] std::unique_ptr<Job> make_inspect_job();

}  // namespace tessera::app
