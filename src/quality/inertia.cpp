#include "tessera/quality/inertia.hpp"

#include <numeric>
#include <utility>

#include "quality/row_squares.hpp"
#include "tessera/base/error.hpp"

namespace tessera::quality {

using features::Points;
using numeric::ExactSum;

double inertia(const comm::Communicator& comm, const Labelled& data,
               std::span<const float> centroids) {
  const std::vector<std::uint64_t> sizes = segment_sizes(comm, data);
  if (centroids.size() != sizes.size() * data.rows.space().dimensions()) {
    fail(ExitCode::kInternal, "{} centroid coordinates were given for {} segments of {} dimensions",
         centroids.size(), data.segments, data.rows.space().dimensions());
  }
  const Points points(data.rows.space(), {centroids.begin(), centroids.end()});
  std::vector<ExactSum> sums(sizes.size(),
                             ExactSum(largest_square(comm, data, points), data.rows.weighted()));
  for_each_piece(data, points,
                 [&](std::span<const double> of, std::span<const std::int32_t> own,
                     std::span<const numeric::Mass> masses) { add(of, own, masses, sums); });
  const std::vector<double> squares = totals(comm, std::move(sums), data.rows.mass_exponent());
  return std::accumulate(squares.begin(), squares.end(), 0.0);
}

}  // namespace tessera::quality
