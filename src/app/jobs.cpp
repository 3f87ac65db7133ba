#include "tessera/app/job.hpp"

namespace tessera::app {

std::vector<std::unique_ptr<Job>> all_jobs() {
  std::vector<std::unique_ptr<Job>> jobs;
  return jobs;
}

}  // namespace tessera::app
