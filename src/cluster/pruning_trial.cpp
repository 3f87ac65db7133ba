#include "pruning_trial.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::cluster {

PruningTrial::PruningTrial(const features::Space& space, std::size_t segments) {
  const auto features = static_cast<double>(space.numeric + 2 * space.categories());
  const double compute = 2 * static_cast<double>(segments) * features;
  const double read = 25 * features;
  const double whole = std::max(compute, read);
  renew_ = (70 + 2 * features) / whole;
  for (std::size_t rows = 1; rows <= BlockRows::kRows; ++rows) {
    const auto count = static_cast<double>(rows);
    // A row lies in one of the four cache lines of each feature, and is copied value by value; many
    // rows are compressed out of whole vectors.
    const double one_by_one = read * (1 - std::pow(0.75, count)) + 3.5 * count * features;
    const double sift = std::min(one_by_one, read + 8 * features);
    const double measure = count / BlockRows::kRows * (compute + 150);
    batch_cost_[rows] = (sift + measure) / whole;
  }
}

void PruningTrial::observe(std::size_t b, std::size_t doubtful) {
  if (samples(b)) {
    observed_ += 1;
    spared_ += std::max(0.0, 1 - batch_cost_[doubtful]);
  }
}

void PruningTrial::conclude() {
  if (observed_ > 0) {
    pays_ = spared_ * (1 + renew_) > observed_ * renew_;
  }
  spared_ = 0;
  observed_ = 0;
}

}  // namespace tessera::cluster
