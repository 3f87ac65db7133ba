#include "quality/row_squares.hpp"

#include "tessera/numeric/extremes.hpp"

namespace tessera::quality {

using features::Points;
using numeric::ExactSum;

double largest_square(const comm::Communicator& comm, const Labelled& data, const Points& points) {
  double largest = 0;
  for_each_piece(data, points, [&](std::span<const double> squares, std::span<const std::int32_t>) {
    largest = std::max(largest, numeric::extremes_of(squares).magnitude());
  });
  return comm.all_max(largest);
}

std::vector<double> totals(const comm::Communicator& comm, std::vector<ExactSum> sums) {
  ExactSum::all_reduce(comm, sums);
  std::vector<double> values;
  values.reserve(sums.size());
  for (const ExactSum& sum : sums) {
    values.push_back(sum.value());
  }
  return values;
}

}  // namespace tessera::quality
