#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

#include "quality/indices/list.hpp"
#include "tessera/features/rows/distances.hpp"
#include "tessera/features/rows/masses.hpp"
#include "tessera/numeric/exact_sum.hpp"

namespace tessera::quality {
namespace {

using features::FeatureRows;
using Squares = std::array<double, FeatureRows::kBlock>;

/// Of a row, from its squared distances to its own centroid and to the nearest other one.
double value_of(double own_square, double other_square) {
  const double a = std::sqrt(own_square);
  const double b = std::sqrt(other_square);
  const double larger = std::max(a, b);
  return larger > 0 ? (b - a) / larger : 0;
}

/// The sum over this rank's rows, each as often as it counts. `masses`: of the segments.
numeric::ExactSum add_up(IndexTask& task, std::span<const numeric::Int128> masses) {
  const Labelled& data = task.data();
  const bool weighted = data.rows.weighted();
  const numeric::Mass one = features::mass_of_one(data.rows);
  const features::Points points(data.rows.space(),
                                {task.centroids().begin(), task.centroids().end()});
  numeric::ExactSum sum(1.0, weighted);
  for (std::size_t b = 0; b < data.rows.blocks(); ++b) {
    const std::size_t rows = data.rows.rows_in_block(b);
    Squares own{};
    Squares other;
    other.fill(std::numeric_limits<double>::infinity());
    for (std::size_t s = 0; s < task.sizes().size(); ++s) {
      alignas(simd::kAlignment) Squares squares;
      points.sparse_squared_distances(data.rows, b, s, squares);
      for (std::size_t i = 0; i < rows; ++i) {
        double& square = data.segment(b * FeatureRows::kBlock + i) == s ? own[i] : other[i];
        square = &square == &own[i] ? squares[i] : std::min(square, squares[i]);
      }
    }
    for (std::size_t i = 0; i < rows; ++i) {
      const std::uint64_t row = b * FeatureRows::kBlock + i;
      const numeric::Mass mass = weighted ? data.rows.masses()[row] : 1;
      if (mass > 0 && masses[data.segment(row)] > std::min(mass, one)) {
        weighted ? sum.add_mass(value_of(own[i], other[i]), mass)
                 : sum.add(value_of(own[i], other[i]));
      }
    }
    task.progress().step("simplified silhouette", b + 1, data.rows.blocks());
  }
  return sum;
}

IndexValue compute(IndexTask& task) {
  const std::vector<numeric::Int128> masses = segment_masses(task.comm(), task.data());
  numeric::ExactSum sum;
  task.comm().together([&] { sum = add_up(task, masses); });
  numeric::ExactSum::all_reduce(task.comm(), {&sum, 1});
  const auto count =
      static_cast<double>(std::accumulate(masses.begin(), masses.end(), numeric::Int128{0}));
  return IndexValue({.value = sum.value() / count, .rows = task.rows()});
}

}  // namespace

/// The mean over all rows, each as often as it weighs, of (b - a) / max(a, b), a row being a away
/// from its own centroid and b from the nearest other one; 0 for the only row of a segment, and
/// where a and b are 0. All centroids count, those of empty segments too. Work: rows x segments x
/// features.
Index simplified_silhouette_index() {
  return {.name = "simplified_silhouette",
          .title = "simplified silhouette",
          .source =
              "Hruschka, de Castro and Campello, \"Evolutionary algorithms for clustering "
              "gene-expression data\", ICDM 2004",
          .better = Better::kHigher,
          .needs_centroids = true,
          .compute = compute};
}

}  // namespace tessera::quality
