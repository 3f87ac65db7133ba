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
    for (std::size_t j = 0; j < largest.size(); ++j) {
      largest[j] = std::max(largest[j], static_cast<double>(std::fabs(rows.number(row, j))));
    }
  }
  comm.all_reduce(std::span<double>(largest), comm::Op::kMax);
  return largest;
}

/// Collective: coordinate sums of each segment, segments x dimensions.
std::vector<double> coordinate_sums(const comm::Communicator& comm, const Labelled& data) {
  const features::Space& space = data.rows.space();
  const auto segments = static_cast<std::size_t>(data.segments);
  const std::size_t dimensions = space.dimensions();
  const std::size_t one_hot = dimensions - space.numeric;

  std::vector<ExactSum> numbers;
  const std::vector<double> largest = magnitudes(comm, data.rows);
  for (std::size_t s = 0; s < segments; ++s) {
    for (const double magnitude : largest) {
      numbers.emplace_back(magnitude);
    }
  }
  std::vector<std::uint64_t> counts(segments * one_hot);
  for (std::uint64_t row = 0; row < data.rows.rows(); ++row) {
    const std::size_t segment = data.segment(row);
    for (std::size_t j = 0; j < space.numeric; ++j) {
      numbers[segment * space.numeric + j].add(static_cast<double>(data.rows.number(row, j)));
    }
    std::uint64_t* count = counts.data() + segment * one_hot;
    for (std::size_t c = 0; c < space.categories(); ++c) {
      if (const std::uint16_t code = data.rows.code(row, c); code != features::kNoLevel) {
        ++count[code];
      }
      count += space.levels[c];
    }
  }
  ExactSum::all_reduce(comm, numbers);
  comm.all_reduce(std::span<std::uint64_t>(counts), comm::Op::kSum);

  std::vector<double> sums(segments * dimensions);
  for (std::size_t s = 0; s < segments; ++s) {
    for (std::size_t j = 0; j < space.numeric; ++j) {
      sums[s * dimensions + j] = numbers[s * space.numeric + j].value();
    }
    auto count = counts.begin() + static_cast<std::ptrdiff_t>(s * one_hot);
    double* sum = sums.data() + s * dimensions + space.numeric;
    for (std::size_t c = 0; c < space.categories(); ++c) {
      for (std::size_t level = 0; level < space.levels[c]; ++level) {
        *sum++ = space.level_value(c) * static_cast<double>(*count++);
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
  std::vector<ExactSum> squares(segments, ExactSum(largest));
  std::vector<ExactSum> distances(segments, ExactSum(std::sqrt(largest)));
  for_each_piece(data, points, [&](std::span<double> values, std::span<const std::int32_t> own) {
    ExactSum::add_by_group(values, own, squares);
    std::ranges::transform(values, values.begin(), [](double square) { return std::sqrt(square); });
    ExactSum::add_by_group(values, own, distances);
  });
  spread.squares = totals(comm, std::move(squares));
  spread.distances = totals(comm, std::move(distances));
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
                             std::span<const std::uint64_t> sizes) {
  std::vector<double> sums = coordinate_sums(comm, data);
  const std::size_t dimensions = data.rows.space().dimensions();
  std::vector<double> coordinates = sums;
  for (std::size_t i = 0; i < coordinates.size(); ++i) {
    const std::uint64_t size = sizes[i / dimensions];
    coordinates[i] = size > 0 ? sums[i] / static_cast<double>(size) : 0.0;
  }
  SegmentSpread spread{std::move(sums), Points(data.rows.space(), std::move(coordinates)), {}, {}};
  add_spread(comm, data, spread);
  return spread;
}

}  // namespace tessera::quality
