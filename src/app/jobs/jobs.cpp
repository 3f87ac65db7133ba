#include "app/jobs/jobs.hpp"

namespace tessera::app {

std::vector<std::unique_ptr<Job>> all_jobs() {
  std::vector<std::unique_ptr<Job>> jobs;
  jobs.push_back(make_generate_job());
  jobs.push_back(make_ingest_job());
  jobs.push_back(make_check_job());
  jobs.push_back(make_rfm_job());
  jobs.push_back(make_train_job());
  jobs.push_back(make_evaluate_job());
  jobs.push_back(make_score_job());
  jobs.push_back(make_inspect_job());
  return jobs;
}

}  // namespace tessera::app
