#include "tessera/quality/labelled.hpp"

#include <algorithm>
#include <numeric>

#include "tessera/base/error.hpp"

namespace tessera::quality {

std::vector<std::uint64_t> segment_sizes(const comm::Communicator& comm, const Labelled& data) {
  std::vector<std::uint64_t> sizes;
  comm.together([&] {
    if (data.segments < 1 || data.labels.size() != data.rows.rows()) {
      fail(ExitCode::kInternal, "{} labels in {} segments were given for {} rows",
           data.labels.size(), data.segments, data.rows.rows());
    }
    sizes.resize(static_cast<std::size_t>(data.segments));
    for (const std::int32_t label : data.labels) {
      if (label < 0 || label >= data.segments) {
        fail(ExitCode::kInternal, "label {} is none of {} segments", label, data.segments);
      }
      ++sizes[static_cast<std::size_t>(label)];
    }
  });
  comm.all_reduce(std::span<std::uint64_t>(sizes), comm::Op::kSum);
  return sizes;
}

bool is_comparable(std::span<const std::uint64_t> sizes) {
  const auto rows = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  const auto filled = static_cast<std::uint64_t>(
      std::count_if(sizes.begin(), sizes.end(), [](std::uint64_t size) { return size > 0; }));
  return filled >= 2 && filled < rows;
}

}  // namespace tessera::quality
