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
    for (std::uint64_t row = 0; row < data.rows.rows() && data.rows.weighted(); ++row) {
      sizes[data.segment(row)] -= data.rows.counts(row) ? 0U : 1U;
    }
  });
  comm.all_reduce(std::span<std::uint64_t>(sizes), comm::Op::kSum);
  return sizes;
}

std::vector<numeric::Int128> segment_masses(const comm::Communicator& comm, const Labelled& data) {
  std::vector<numeric::Int128> masses(static_cast<std::size_t>(data.segments));
  for (std::uint64_t row = 0; row < data.rows.rows(); ++row) {
    masses[data.segment(row)] += data.rows.weighted() ? data.rows.masses()[row] : 1;
  }
  numeric::all_sum(comm, masses);
  return masses;
}

bool is_comparable(std::span<const std::uint64_t> sizes) {
  const auto rows = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  return is_comparable(sizes, static_cast<double>(rows));
}

bool is_comparable(std::span<const std::uint64_t> sizes, double rows) {
  const auto filled =
      std::count_if(sizes.begin(), sizes.end(), [](std::uint64_t size) { return size > 0; });
  return filled >= 2 && static_cast<double>(filled) < rows;
}

}  // namespace tessera::quality
