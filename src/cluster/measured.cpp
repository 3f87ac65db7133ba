#include "cluster/measured.hpp"

#include <utility>

#include "cluster/assign.hpp"
#include "tessera/quality/inertia.hpp"

namespace tessera::cluster {

Trained measured(const comm::Communicator& comm, const features::FeatureRows& rows, LloydRun run,
                 std::uint64_t restarts, TrainingObserver& observer, const MakeSegmentation& make) {
  observer.on_phase("measure");
  Trained trained{.labels = assign(rows, run.centroids),
                  .iterations = run.iterations,
                  .updates = run.updates,
                  .restarts = restarts,
                  .converged = run.converged,
                  .silhouette = run.silhouette};
  CentroidSegmentation::Values values{std::move(run.centroids), std::move(run.sizes), 0};
  if (rows.weighted()) {
    values.weights = std::move(run.weights);
  }
  values.inertia =
      quality::inertia(comm, {rows, trained.labels, static_cast<int>(values.centroids.count)},
                       values.centroids.values);
  trained.segmentation = make(std::move(values));
  return trained;
}

}  // namespace tessera::cluster
