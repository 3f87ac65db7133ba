#include "tessera/quality/index.hpp"

#include <algorithm>
#include <numeric>

#include "quality/segment_spread.hpp"
#include "tessera/base/error.hpp"

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
      rows_(std::accumulate(sizes_.begin(), sizes_.end(), std::uint64_t{0})) {}

IndexTask::~IndexTask() = default;

const SegmentSpread& IndexTask::spread() {
  if (!spread_) {
    spread_ = std::make_unique<const SegmentSpread>(segment_spread(comm_, data_, sizes_));
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
      (index.needs_segments && !is_comparable(task.sizes()))) {
    return std::nullopt;
  }
  return index.compute(task);
}

}  // namespace tessera::quality
