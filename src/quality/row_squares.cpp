#include "quality/row_squares.hpp"

#include "tessera/features/rows/masses.hpp"

namespace tessera::quality {

using features::Points;
using numeric::ExactSum;

double largest_square(const comm::Communicator& comm, const Labelled& data, const Points& points) {
  double largest = 0;
  for_each_piece(data, points,
                 [&](std::span<const double> squares, std::span<const std::int32_t>,
                     std::span<const numeric::Mass> masses) {
                   const auto range = features::extremes_of_counted(squares, masses);
                   largest = std::max(largest, range.magnitude());
                 });
  return comm.all_max(largest);
}

std::vector<double> totals(const comm::Communicator& comm, std::vector<ExactSum> sums,
                           int exponent) {
  ExactSum::all_reduce(comm, sums);
  std::vector<double> values;
  values.reserve(sums.size());
  for (const ExactSum& sum : sums) {
    values.push_back(sum.value(exponent));
  }
  return values;
}

}  // namespace tessera::quality
