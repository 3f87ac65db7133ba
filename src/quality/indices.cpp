#include "tessera/quality/indices.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "tessera/base/error.hpp"
#include "tessera/features/rows/distances.hpp"
#include "tessera/numeric/exact_sum.hpp"
#include "tessera/numeric/extremes.hpp"

namespace tessera::quality {
namespace {

using features::Points;
using numeric::ExactSum;

/// As scikit-learn's davies_bouldin_score, which takes distances up to this for none.
constexpr double kNoDistance = 1e-8;

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
    for (std::size_t level = 0; level < one_hot; ++level) {
      sums[s * dimensions + space.numeric + level] =
          static_cast<double>(counts[s * one_hot + level]);
    }
  }
  return sums;
}

/// Calls visit(squares, segments) with pieces of this rank's rows: their squared distances to the
/// point of their segment.
template <typename Visit>
void for_each_piece(const Labelled& data, const Points& points, const Visit& visit) {
  constexpr std::size_t kBlock = features::FeatureRows::kBlock;
  // at least as many rows as segments, each of which costs something per piece
  const std::size_t piece =
      std::max<std::size_t>(64, static_cast<std::size_t>(data.segments) / kBlock + 1);
  std::vector<double> squares(std::min(piece, data.rows.blocks()) * kBlock);
  for (std::size_t b = 0; b < data.rows.blocks(); b += piece) {
    std::size_t count = 0;
    for (std::size_t n = b; n < std::min(b + piece, data.rows.blocks()); ++n) {
      points.squared_distances(data.rows, n, data.labels.subspan(n * kBlock),
                               squares.data() + count);
      count += data.rows.rows_in_block(n);
    }
    visit(std::span(squares).first(count), data.labels.subspan(b * kBlock, count));
  }
}

/// Collective: the largest of all rows' squared distances. They are computed again for their sums,
/// which need it, rather than kept.
double largest_square(const comm::Communicator& comm, const Labelled& data, const Points& points) {
  double largest = 0;
  for_each_piece(data, points, [&](std::span<const double> squares, std::span<const std::int32_t>) {
    largest = std::max(largest, numeric::extremes_of(squares).magnitude());
  });
  return comm.all_max(largest);
}

/// Collective: the sums over all ranks.
std::vector<double> totals(const comm::Communicator& comm, std::vector<ExactSum> sums) {
  ExactSum::all_reduce(comm, sums);
  std::vector<double> values;
  for (const ExactSum& sum : sums) {
    values.push_back(sum.value());
  }
  return values;
}

/// Distances of the rows to the point of their segment, added up by segment.
struct Spread {
  std::vector<double> squares;
  std::vector<double> distances;
};

/// Collective.
Spread spread_around(const comm::Communicator& comm, const Labelled& data, const Points& points) {
  const double largest = largest_square(comm, data, points);
  const auto segments = static_cast<std::size_t>(data.segments);
  std::vector<ExactSum> squares(segments, ExactSum(largest));
  std::vector<ExactSum> distances(segments, ExactSum(std::sqrt(largest)));
  for_each_piece(data, points, [&](std::span<double> values, std::span<const std::int32_t> own) {
    ExactSum::add_by_group(values, own, squares);
    std::ranges::transform(values, values.begin(), [](double square) { return std::sqrt(square); });
    ExactSum::add_by_group(values, own, distances);
  });
  return {totals(comm, std::move(squares)), totals(comm, std::move(distances))};
}

double square_between(std::span<const double> a, std::span<const double> b) {
  double square = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    square += (a[j] - b[j]) * (a[j] - b[j]);
  }
  return square;
}

double calinski_harabasz(std::span<const std::uint64_t> sizes, const std::vector<double>& sums,
                         const Points& means, const Spread& spread) {
  const std::size_t dimensions = sums.size() / sizes.size();
  const auto rows =
      static_cast<double>(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}));
  std::vector<double> overall(dimensions);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    overall[i % dimensions] += sums[i];
  }
  for (double& coordinate : overall) {
    coordinate /= rows;
  }
  double between = 0;
  double filled = 0;
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    if (sizes[s] > 0) {
      between += static_cast<double>(sizes[s]) * square_between(means.point(s), overall);
      ++filled;
    }
  }
  const double within = std::accumulate(spread.squares.begin(), spread.squares.end(), 0.0);
  return within == 0 ? 1.0 : between * (rows - filled) / (within * (filled - 1));
}

double davies_bouldin(std::span<const std::uint64_t> sizes, const Points& means,
                      const Spread& spread) {
  std::vector<std::size_t> filled;
  std::vector<double> mean_distance(sizes.size());
  for (std::size_t s = 0; s < sizes.size(); ++s) {
    if (sizes[s] > 0) {
      filled.push_back(s);
      mean_distance[s] = spread.distances[s] / static_cast<double>(sizes[s]);
    }
  }
  double sum = 0;
  double farthest = 0;
  for (const std::size_t i : filled) {
    double worst = 0;
    for (const std::size_t j : filled) {
      const double apart = std::sqrt(square_between(means.point(i), means.point(j)));
      farthest = std::max(farthest, apart);
      if (apart > 0) {
        worst = std::max(worst, (mean_distance[i] + mean_distance[j]) / apart);
      }
    }
    sum += worst;
  }
  const bool no_spread = std::ranges::max(mean_distance) <= kNoDistance;
  return no_spread || farthest <= kNoDistance ? 0.0 : sum / static_cast<double>(filled.size());
}

}  // namespace

double inertia(const comm::Communicator& comm, const Labelled& data,
               std::span<const float> centroids) {
  const std::vector<std::uint64_t> sizes = segment_sizes(comm, data);
  if (centroids.size() != sizes.size() * data.rows.space().dimensions()) {
    fail(ExitCode::kInternal, "{} centroid coordinates were given for {} segments of {} dimensions",
         centroids.size(), data.segments, data.rows.space().dimensions());
  }
  const Points points(data.rows.space(), {centroids.begin(), centroids.end()});
  std::vector<ExactSum> sums(sizes.size(), ExactSum(largest_square(comm, data, points)));
  for_each_piece(data, points, [&](std::span<const double> of, std::span<const std::int32_t> own) {
    ExactSum::add_by_group(of, own, sums);
  });
  const std::vector<double> squares = totals(comm, std::move(sums));
  return std::accumulate(squares.begin(), squares.end(), 0.0);
}

SpreadIndices spread_indices(const comm::Communicator& comm, const Labelled& data) {
  const std::vector<std::uint64_t> sizes = segment_sizes(comm, data);
  if (!is_comparable(sizes)) {
    return {};
  }
  const std::vector<double> sums = coordinate_sums(comm, data);
  const std::size_t dimensions = data.rows.space().dimensions();
  std::vector<double> coordinates = sums;
  for (std::size_t i = 0; i < coordinates.size(); ++i) {
    const std::uint64_t size = sizes[i / dimensions];
    coordinates[i] = size > 0 ? sums[i] / static_cast<double>(size) : 0.0;
  }
  const Points means(data.rows.space(), std::move(coordinates));
  const Spread spread = spread_around(comm, data, means);
  return {calinski_harabasz(sizes, sums, means, spread), davies_bouldin(sizes, means, spread)};
}

}  // namespace tessera::quality
