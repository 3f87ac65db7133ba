#include "cluster/kmeans/pruning_trial.hpp"

#include <algorithm>
#include <cmath>

#include "cluster/kernels/screen.hpp"

namespace tessera::cluster {

namespace {

// Costs of working on a block, about in cycles of a core with AVX-512. The first two follow from
// that. A feature of the block's rows is four vectors, of which a core multiplies and adds two per
// cycle; and it is 256 bytes, of which memory delivers some 10 per cycle. The others were timed on
// one machine; how is not recorded. Only their ratios matter, and only for the time: to check
// them elsewhere, let keeps() and sorts() answer always yes, or always no, and compare the seconds
// of the iterations that --verbose shows.
constexpr double kScore = 2;           // of all its rows, per centroid and feature
constexpr double kRead = 25;           // of one of its features, from memory
constexpr double kRenewBlock = 70;     // its bounds
constexpr double kRenewFeature = 2;    // and per feature
constexpr double kPickValue = 3.5;     // one value of one row, copied
constexpr double kSiftFeature = 8;     // a feature of many rows, compressed out of whole vectors
constexpr double kMeasureBatch = 150;  // a full batch, besides its scores
constexpr double kSortRow = 6;         // to find its place
constexpr double kSortFeature = 50;    // to move one of a block's and write it back

// Shares, timed likewise.
constexpr double kSpared = 0.75;      // of what is wasted, by sorting
constexpr double kScreened = 0.6;     // of computing scores, where Screen finds the labels
constexpr double kOtherLines = 0.75;  // of a feature's four cache lines, that one row is not in

}  // namespace

PruningTrial::PruningTrial(const features::Space& space, std::size_t segments) {
  const auto features = static_cast<double>(space.numeric + 2 * space.categories());
  const double compute = kScore * static_cast<double>(segments) * features;
  const double read = kRead * features;
  const double with_bounds = std::max(compute, read);
  const double whole =
      Screen::suits(space, segments) ? std::max(kScreened * compute, read) : with_bounds;
  kept_ = with_bounds / whole;
  renew_ = (kRenewBlock + kRenewFeature * features) / with_bounds;
  sort_ = (kSortRow * BlockRows::kRows + kSortFeature * features) / whole;
  for (std::size_t rows = 1; rows <= BlockRows::kRows; ++rows) {
    const auto count = static_cast<double>(rows);
    // A row lies in one of the four cache lines of each feature, and is copied value by value; many
    // rows are compressed out of whole vectors.
    const double one_by_one =
        read * (1 - std::pow(kOtherLines, count)) + kPickValue * count * features;
    const double sift = std::min(one_by_one, read + kSiftFeature * features);
    const double measure = count / BlockRows::kRows * (compute + kMeasureBatch);
    batch_cost_[rows] = (sift + measure) / whole;
  }
}

void PruningTrial::observe(std::size_t b, std::size_t doubtful) {
  if (samples(b)) {
    observed_ += 1;
    const double spent = std::min(kept_, batch_cost_[doubtful]);
    const double needed = kept_ * static_cast<double>(doubtful) / BlockRows::kRows;
    spared_ += 1 - spent;
    wasted_ += std::max(0.0, spent - needed);
    touched_ += doubtful > 0 ? 1 : 0;
  }
}

void PruningTrial::conclude(std::uint64_t to_come) {
  if (observed_ > 0) {
    pays_ = sorts_ || spared_ * (1 + renew_) > observed_ * renew_;
    waste_ = sorts_ ? 0 : waste_ + wasted_ / observed_;
    const double cost = sort_ * touched_ / observed_;
    const double left = static_cast<double>(to_come) * wasted_ / observed_;
    const double way_back = sorted_ ? 0 : cost;
    sorts_ = !sorts_ && waste_ > cost && kSpared * left > cost + way_back;
    sorted_ = sorted_ || sorts_;
  }
  spared_ = 0;
  observed_ = 0;
  touched_ = 0;
  wasted_ = 0;
}

}  // namespace tessera::cluster
