#include "quality/segment_spread.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "quality/row_squares.hpp"
#include "tessera/numeric/exact_sum.hpp"

namespace tessera::quality {
namespace {

using features::Points;
using numeric::ExactSum;

/// Collective: largest magnitude of each numeric feature.
std::vector<double> magnitudes(const comm::Communicator& comm, const features::FeatureRows& rows) {
  std::vector<double> largest(rows.space().numeric);
  for (std::uint64_t row = 0; row < rows.rows(); ++row) {
    if (!rows.counts(row)) {
      continue;
    }
    for (std::size_t j = 0; j < largest.size(); ++j) {
      largest[j] = std::max(largest[j], static_cast<double>(std::fabs(rows.number(row, j))));
    }
  }
  comm.all_reduce(std::span<double>(largest), comm::Op::kMax);
  return largest;
}

/// Sums of this rank's rows for each segment.
struct CoordinateSums {
  std::vector<ExactSum> numbers;  // segments x numeric features
  std::vector<numeric::Int128>
      levels;  // how often each stands: segments x levels of all categories
};

/// Adds a row to the sums: add(number, sum) its features, and `mass` to how often its levels stand.
template <typename Count, typename Add>
void add_row(const Labelled& data, std::uint64_t row, Count mass, std::vector<ExactSum>& numbers,
             std::vector<Count>& levels, const Add& add) {
  const features::Space& space = data.rows.space();
  const std::size_t segment = data.segment(row);
  for (std::size_t j = 0; j < space.numeric; ++j) {
    add(static_cast<double>(data.rows.number(row, j)), numbers[segment * space.numeric + j]);
  }
  Count* level = levels.data() + segment * (space.dimensions() - space.numeric);
  for (std::size_t c = 0; c < space.categories(); ++c) {
    if (const std::uint16_t code = data.rows.code(row, c); code != features::kNoLevel) {
      level[code] += mass;
    }
    level += space.levels[c];
  }
}

CoordinateSums add_up(const Labelled& data, std::vector<ExactSum> numbers, std::size_t levels) {
  if (data.rows.weighted()) {
    std::vector<numeric::Int128> masses(levels);
    for (std::uint64_t row = 0; row < data.rows.rows(); ++row) {
      if (data.rows.counts(row)) {
        const numeric::Int128 mass = data.rows.masses()[row];
        add_row(data, row, mass, numbers, masses,
                [mass](double value, ExactSum& sum) { sum.add_mass(value, mass); });
      }
    }
    return {std::move(numbers), std::move(masses)};
  }
  std::vector<std::uint64_t> counts(levels);
  for (std::uint64_t row = 0; row < data.rows.rows(); ++row) {
    add_row(data, row, std::uint64_t{1}, numbers, counts,
            [](double value, ExactSum& sum) { sum.add(value); });
  }
  return {std::move(numbers), {counts.begin(), counts.end()}};
}

/// Collective: coordinate sums of each segment, segments x dimensions, each row as often as it
/// weighs.
std::vector<double> coordinate_sums(const comm::Communicator& comm, const Labelled& data) {
  const features::Space& space = data.rows.space();
  const auto segments = static_cast<std::size_t>(data.segments);
  const std::size_t dimensions = space.dimensions();
  const std::size_t one_hot = dimensions - space.numeric;

  std::vector<ExactSum> numbers;
  const std::vector<double> largest = magnitudes(comm, data.rows);
  for (std::size_t s = 0; s < segments; ++s) {
    for (const double magnitude : largest) {
      numbers.emplace_back(magnitude, data.rows.weighted());
    }
  }
  CoordinateSums found = add_up(data, std::move(numbers), segments * one_hot);
  ExactSum::all_reduce(comm, found.numbers);
  numeric::all_sum(comm, found.levels);

  const int exponent = data.rows.mass_exponent();
  std::vector<double> sums(segments * dimensions);
  for (std::size_t s = 0; s < segments; ++s) {
    for (std::size_t j = 0; j < space.numeric; ++j) {
      sums[s * dimensions + j] = found.numbers[s * space.numeric + j].value(exponent);
    }
    auto count = found.levels.begin() + static_cast<std::ptrdiff_t>(s * one_hot);
    double* sum = sums.data() + s * dimensions + space.numeric;
    for (std::size_t c = 0; c < space.categories(); ++c) {
      for (std::size_t level = 0; level < space.levels[c]; ++level) {
        *sum++ = space.level_value(c) * std::ldexp(static_cast<double>(*count++), exponent);
      }
    }
  }
  return sums;
}

/// Collective: fills in the distances to the means.
void add_spread(const comm::Communicator& comm, const Labelled& data, SegmentSpread& spread) {
  const Points& points = spread.means;
  const double largest = largest_square(comm, data, points);
  const auto segments = static_cast<std::size_t>(data.segments);
  const bool weighted = data.rows.weighted();
  std::vector<ExactSum> squares(segments, ExactSum(largest, weighted));
  std::vector<ExactSum> distances(segments, ExactSum(std::sqrt(largest), weighted));
  for_each_piece(data, points,
                 [&](std::span<double> values, std::span<const std::int32_t> own,
                     std::span<const numeric::Mass> masses) {
                   add(values, own, masses, squares);
                   std::ranges::transform(values, values.begin(),
                                          [](double square) { return std::sqrt(square); });
                   add(values, own, masses, distances);
                 });
  spread.squares = totals(comm, std::move(squares), data.rows.mass_exponent());
  spread.distances = totals(comm, std::move(distances), data.rows.mass_exponent());
}

}  // namespace

double square_between(std::span<const double> a, std::span<const double> b) {
  double square = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    square += (a[j] - b[j]) * (a[j] - b[j]);
  }
  return square;
}

SegmentSpread segment_spread(const comm::Communicator& comm, const Labelled& data,
                             std::span<const double> weights) {
  std::vector<double> sums = coordinate_sums(comm, data);
  const std::size_t dimensions = data.rows.space().dimensions();
  std::vector<double> coordinates = sums;
  for (std::size_t i = 0; i < coordinates.size(); ++i) {
    const double weight = weights[i / dimensions];
    coordinates[i] = weight > 0 ? sums[i] / weight : 0.0;
  }
  SegmentSpread spread{std::move(sums), Points(data.rows.space(), std::move(coordinates)), {}, {}};
  add_spread(comm, data, spread);
  return spread;
}

}  // namespace tessera::quality
