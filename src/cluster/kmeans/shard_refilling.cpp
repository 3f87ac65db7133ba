// Giving rows to segments that have lost all of theirs.
#include <algorithm>
#include <vector>

#include "cluster/assign.hpp"
#include "cluster/kmeans/shard_assignment.hpp"
#include "tessera/features/rows/gather.hpp"
#include "tessera/features/rows/masses.hpp"

namespace tessera::cluster {
namespace {

using features::FeatureRows;

// A row within this share of its centroid's squared norm of it is as near as single precision goes.
constexpr double kCoincident = 1e-12;

/// A row that could go to an empty segment.
struct FarRow {
  double distance = 0;        ///< squared, to its own centroid
  std::uint64_t content = 0;  ///< a hash of the row's values
  std::uint64_t row = 0;      ///< in the whole table
  std::int64_t segment = 0;
  numeric::Mass mass = 1;
};

/// Ties are broken by what the rows hold: equal rows are in one segment and may stand in for each
/// other, so that the order of the table does not matter.
bool farther(const FarRow& a, const FarRow& b) {
  if (a.distance != b.distance) {
    return a.distance > b.distance;
  }
  return a.content != b.content ? a.content < b.content : a.row < b.row;
}

/// Of rows that hold the same one will do.
bool stand_in(const FarRow& a, const FarRow& b) {
  return a.distance == b.distance && a.content == b.content;
}

/// Keeps the farthest rows, up to `most`, of those that hold different values.
void keep(std::vector<FarRow>& rows, const FarRow& far, std::size_t most) {
  const auto at = std::ranges::upper_bound(rows, far, farther);
  if ((at != rows.begin() && stand_in(*(at - 1), far)) ||
      (at != rows.end() && stand_in(*at, far))) {
    return;
  }
  rows.insert(at, far);
  if (rows.size() > most) {
    rows.pop_back();
  }
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

bool ShardAssignment::refill_empty(const comm::Communicator& comm, const RowOrder& order,
                                   const Centroids& centroids, CentroidSums& total) {
  std::vector<std::size_t> empty;
  for (std::size_t i = 0; i < centroids.count; ++i) {
    if (total.mass(i) == 0) {
      empty.push_back(i);
    }
  }
  if (empty.empty()) {
    return false;
  }

  // this rank's farthest rows, as many as could be needed
  std::vector<FarRow> mine;
  for (std::uint64_t row = 0; row < rows_.rows(); ++row) {
    if (!rows_.counts(row)) {
      continue;
    }
    const auto segment = static_cast<std::size_t>(labels_[row]);
    const std::span<const float> centroid = centroids.row(segment);
    double norm = 0;
    for (const float c : centroid) {
      norm += double{c} * double{c};
    }
    FarRow far{.distance = squared_distance(rows_, row, centroid),
               .segment = static_cast<std::int64_t>(segment)};
    const bool full = mine.size() == empty.size();
    if (far.distance <= kCoincident * norm + sums_.sums().squared_step() ||
        (full && far.distance < mine.back().distance)) {
      continue;
    }
    far.content = rows_.content_hash(row);
    far.row = rows_.first_row() + order.original(row);
    far.mass = rows_.weighted() ? rows_.masses()[row] : 1;
    keep(mine, far, empty.size());
  }
  std::vector<FarRow> candidates;
  for (const FarRow& far : comm.all_gather(mine)) {
    keep(candidates, far, empty.size());
  }

  std::vector<std::uint64_t> numbers;
  numbers.reserve(candidates.size());
  for (const FarRow& far : candidates) {
    numbers.push_back(far.row);
  }
  std::ranges::sort(numbers);
  std::vector<std::uint64_t> here;  // where this rank's are
  for (const std::uint64_t number : numbers) {
    if (rows_.contains(number)) {
      here.push_back(order.position(number - rows_.first_row()));
    }
  }
  const FeatureRows gathered = features::gather_rows(comm, rows_, here);

  std::vector<std::uint64_t> taken;  // positions in `gathered`
  for (const FarRow& far : candidates) {
    const auto at =
        static_cast<std::uint64_t>(std::ranges::lower_bound(numbers, far.row) - numbers.begin());
    const auto old = static_cast<std::size_t>(far.segment);
    // as much of it as one row, which is what it would be if rows were repeated for their mass
    const numeric::Mass mass = std::min(far.mass, features::mass_of_one(rows_));
    if (total.mass(old) <= mass || std::ranges::any_of(taken, [&](std::uint64_t other) {
          return same_row(gathered, at, other);
        })) {
      continue;
    }
    const std::size_t segment = empty[taken.size()];
    taken.push_back(at);
    if (rows_.weighted()) {
      const BlockRows block = block_rows(gathered, at / kBlock);
      const features::CategoryTables& categories = gathered.categories();
      total.add_mass(old, block, at % kBlock, categories, -numeric::Int128{mass}, 0);
      total.add_mass(segment, block, at % kBlock, categories, mass, 0);
      if (rows_.contains(far.row)) {
        bounds_.drop(order.position(far.row - rows_.first_row()) / kBlock);  // it moves itself
      }
      continue;
    }
    total.add(old, gathered, at, -1);
    total.add(segment, gathered, at, +1);
    if (rows_.contains(far.row)) {
      const std::uint64_t row = order.position(far.row - rows_.first_row());
      labels_[row] = static_cast<Label>(segment);
      bounds_.drop(row / kBlock);  // it is nearest to another centroid
      sums_.add(old, rows_, row, -1);
      sums_.add(segment, rows_, row, +1);
    }
  }
  return !taken.empty();
}

}  // namespace tessera::cluster
