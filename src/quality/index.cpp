#include "tessera/quality/index.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "quality/segment_spread.hpp"
#include "tessera/base/error.hpp"
#include "tessera/features/rows/masses.hpp"

namespace tessera::quality {

IndexTask::IndexTask(const comm::Communicator& comm, const Labelled& data,
                     std::span<const float> centroids, const SilhouetteOptions& sampling,
                     Progress& progress)
    : comm_(comm),
      data_(data),
      centroids_(centroids),
      sampling_(sampling),
      progress_(progress),
      sizes_(segment_sizes(comm, data)),
      rows_(std::accumulate(sizes_.begin(), sizes_.end(), std::uint64_t{0})),
      weights_(sizes_.begin(), sizes_.end()),
      stood_for_(static_cast<double>(rows_)) {
  if (data.rows.weighted()) {
    const std::vector<numeric::Int128> masses = segment_masses(comm, data);
    std::ranges::transform(masses, weights_.begin(), [&](numeric::Int128 mass) {
      return std::ldexp(static_cast<double>(mass), data.rows.mass_exponent());
    });
    stood_for_ = features::rows_stood_for(comm, data.rows);
  }
}

IndexTask::~IndexTask() = default;

const SegmentSpread& IndexTask::spread() {
  if (!spread_) {
    spread_ = std::make_unique<const SegmentSpread>(segment_spread(comm_, data_, weights_));
  }
  return *spread_;
}

const Index& find_index(std::string_view name) {
  const auto found = std::ranges::find(all_indices(), name, &Index::name);
  if (found == all_indices().end()) {
    fail(ExitCode::kInternal, "there is no index {}", name);
  }
  return *found;
}

std::optional<IndexValue> measure(const Index& index, IndexTask& task) {
  if ((index.needs_centroids && task.centroids().empty()) ||
      (index.needs_segments && !is_comparable(task.sizes(), task.rows_stood_for()))) {
    return std::nullopt;
  }
  return index.compute(task);
}

}  // namespace tessera::quality
