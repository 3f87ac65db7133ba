#include "shard_assignment.hpp"

#include <algorithm>
#include <span>

#include "tessera/cluster/assign.hpp"
#include "tessera/cluster/kernels.hpp"
#include "tessera/features/gather.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

// Squared distances below this share of 1 + |c|^2 are single-precision noise: the row counts as
// equal to its centroid.
constexpr double kCoincident = 1e-12;

/// A row that could go to an empty segment.
struct FarRow {
  double distance = 0;    ///< squared, to its own centroid
  std::uint64_t row = 0;  ///< in the whole table
  std::int64_t segment = 0;
};

bool farther(const FarRow& a, const FarRow& b) {
  return a.distance != b.distance ? a.distance > b.distance : a.row < b.row;
}

bool same_row(const FeatureRows& rows, std::uint64_t a, std::uint64_t b) {
  const features::Space& space = rows.space();
  for (std::size_t j = 0; j < space.numeric; ++j) {
    if (rows.number(a, j) != rows.number(b, j)) {
      return false;
    }
  }
  for (std::size_t c = 0; c < space.categories(); ++c) {
    if (rows.code(a, c) != rows.code(b, c)) {
      return false;
    }
  }
  return true;
}

}  // namespace

ShardAssignment::ShardAssignment(const FeatureRows& rows, std::size_t segments,
                                 const DataFacts& facts)
    : rows_(rows), labels_(rows.rows(), -1), sums_(rows.space(), segments, facts) {}

void ShardAssignment::update(const Centroids& centroids, const SilhouetteMonitor& monitor) {
  const PackedCentroids packed(centroids);
  const PackedCentroids::View view = packed.view();
  const Kernels& kernel = kernels();
  std::int64_t moved = 0;
  BlockAssignment out;
  for (std::size_t b = 0; b < rows_.blocks(); ++b) {
    kernel.assign(rows_.numeric_block(b), rows_.code_block(b), view, out);
    const std::uint64_t first = b * FeatureRows::kBlock;
    const std::size_t count = rows_.rows_in_block(b);
    for (std::size_t i = 0; i < count; ++i) {
      std::int32_t& label = labels_[first + i];
      if (label == out.label[i]) {
        continue;
      }
      if (label >= 0) {
        sums_.add(static_cast<std::size_t>(label), rows_, first + i, -1);
      }
      label = out.label[i];
      sums_.add(static_cast<std::size_t>(label), rows_, first + i, +1);
      ++moved;
    }
  }
  sums_.set_riders(moved, monitor.local_sums(packed));
}

bool ShardAssignment::refill_empty(const comm::Communicator& comm, const Centroids& centroids,
                                   CentroidSums& total) {
  std::vector<std::size_t> empty;
  for (std::size_t i = 0; i < centroids.count; ++i) {
    if (total.size(i) == 0) {
      empty.push_back(i);
    }
  }
  if (empty.empty()) {
    return false;
  }

  // this rank's farthest rows, as many as could be needed
  std::vector<FarRow> mine;
  for (std::uint64_t row = 0; row < rows_.rows(); ++row) {
    const auto segment = static_cast<std::size_t>(labels_[row]);
    const std::span<const float> centroid = centroids.row(segment);
    double norm = 1;
    for (const float c : centroid) {
      norm += double{c} * double{c};
    }
    const FarRow far{squared_distance(rows_, row, centroid), rows_.first_row() + row, labels_[row]};
    if (far.distance <= kCoincident * norm ||
        (mine.size() == empty.size() && !farther(far, mine.back()))) {
      continue;
    }
    mine.insert(std::ranges::upper_bound(mine, far, farther), far);
    if (mine.size() > empty.size()) {
      mine.pop_back();
    }
  }
  std::vector<FarRow> candidates = comm.all_gather(mine);
  std::ranges::sort(candidates, farther);
  candidates.resize(std::min(candidates.size(), empty.size()));

  std::vector<std::uint64_t> numbers;
  for (const FarRow& far : candidates) {
    numbers.push_back(far.row);
  }
  std::ranges::sort(numbers);
  const FeatureRows gathered = features::gather_table_rows(comm, rows_, numbers);

  std::vector<std::uint64_t> taken;  // positions in `gathered`
  for (const FarRow& far : candidates) {
    const auto at =
        static_cast<std::uint64_t>(std::ranges::lower_bound(numbers, far.row) - numbers.begin());
    const auto old = static_cast<std::size_t>(far.segment);
    if (total.size(old) < 2 || std::ranges::any_of(taken, [&](std::uint64_t other) {
          return same_row(gathered, at, other);
        })) {
      continue;
    }
    const std::size_t segment = empty[taken.size()];
    taken.push_back(at);
    total.add(old, gathered, at, -1);
    total.add(segment, gathered, at, +1);
    if (far.row >= rows_.first_row() && far.row < rows_.first_row() + rows_.rows()) {
      const std::uint64_t row = far.row - rows_.first_row();
      labels_[row] = static_cast<std::int32_t>(segment);
      sums_.add(old, rows_, row, -1);
      sums_.add(segment, rows_, row, +1);
    }
  }
  return !taken.empty();
}

}  // namespace tessera::cluster
