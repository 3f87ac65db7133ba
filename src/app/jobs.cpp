#include "tessera/app/generate_job.hpp"
#include "tessera/app/inspect_job.hpp"
#include "tessera/app/job.hpp"
#include "tessera/app/score_job.hpp"
#include "tessera/app/train_job.hpp"

namespace tessera::app {

std::vector<std::unique_ptr<Job>> all_jobs() {
  std::vector<std::unique_ptr<Job>> jobs;
  jobs.push_back(std::make_unique<GenerateJob>());
  jobs.push_back(std::make_unique<TrainJob>());
  jobs.push_back(std::make_unique<ScoreJob>());
  jobs.push_back(std::make_unique<InspectJob>());
  return jobs;
}

}  // namespace tessera::app
