#include "recluster.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "draw_rows.hpp"
#include "greedy_picker.hpp"
#include "tessera/cluster/assign.hpp"

namespace tessera::cluster {
namespace {

constexpr std::size_t kMostStarts = 8;
constexpr std::size_t kStartsTimesSegments = 2048;
constexpr int kMostIterations = 20;
constexpr double kSettled = 0.999;  // of the last inertia: no use going on

struct Run {
  Centroids centroids;
  double inertia = std::numeric_limits<double>::infinity();
};

/// A coreset with its rows written out densely, in double.
struct DensePoints {
  explicit DensePoints(const Coreset& coreset)
      : sparse(coreset),
        columns(static_cast<Eigen::Index>(coreset.rows.space().dimensions()),
                static_cast<Eigen::Index>(coreset.rows.rows())) {
    Eigen::ArrayXf dense(columns.rows());
    for (Eigen::Index i = 0; i < columns.cols(); ++i) {
      coreset.rows.expand(static_cast<std::uint64_t>(i),
                          {dense.data(), static_cast<std::size_t>(dense.size())});
      columns.col(i) = dense.cast<double>();
    }
  }

  const Coreset& sparse;
  Eigen::ArrayXXd columns;  // dimensions x rows
};

/// One of Lloyd's iterations: gives `run` its inertia, and `means`, at first the centroids, the
/// means of the points nearest to each. Sums are in double and in the order of the points,
/// dimension by dimension.
void iterate(const DensePoints& points, Run& run, Centroids& means) {
  const Eigen::Index dimensions = points.columns.rows();
  const auto count = static_cast<Eigen::Index>(run.centroids.count);
  Eigen::Map<Eigen::ArrayXXf> next(means.values.data(), dimensions, count);
  const Eigen::ArrayXXd centroids = next.cast<double>();
  Eigen::ArrayXXd sums = Eigen::ArrayXXd::Zero(dimensions, count);
  Eigen::ArrayXd sizes = Eigen::ArrayXd::Zero(count);
  Eigen::ArrayXd squares = Eigen::ArrayXd::Zero(dimensions);
  const std::vector<std::int32_t> labels = assign(points.sparse.rows, run.centroids);
  for (Eigen::Index i = 0; i < points.columns.cols(); ++i) {
    const Eigen::Index label = labels[static_cast<std::size_t>(i)];
    const double weight = points.sparse.weights[static_cast<std::size_t>(i)];
    const auto row = points.columns.col(i);
    sums.col(label) += weight * row;
    sizes(label) += weight;
    squares += weight * (row - centroids.col(label)).square();
  }
  run.inertia = std::accumulate(squares.begin(), squares.end(), 0.0);
  for (Eigen::Index c = 0; c < count; ++c) {
    if (sizes(c) > 0) {
      next.col(c) = (sums.col(c) / sizes(c)).cast<float>();
    }
  }
}

Run refine(const DensePoints& points, Centroids start) {
  Run run{std::move(start)};
  for (int i = 0; i < kMostIterations; ++i) {
    const double before = run.inertia;
    Centroids means = run.centroids;
    iterate(points, run, means);
    if (run.inertia >= kSettled * before) {
      break;
    }
    run.centroids = std::move(means);
  }
  return run;
}

}  // namespace

Centroids recluster(const Coreset& points, std::size_t k, std::uint64_t seed,
                    std::uint32_t restart) {
  const SeedingRandom random(seed, numeric::kSeedingGreedy, restart);
  GreedyPicker picker(points, random);
  const DensePoints dense(points);
  Run best;
  const std::size_t starts = std::clamp<std::size_t>(kStartsTimesSegments / k, 1, kMostStarts);
  for (std::uint32_t start = 0; start < starts; ++start) {
    Centroids centroids(points.rows.space(), k);
    std::size_t segment = 0;
    for (const std::uint64_t point : picker.pick(k, start)) {
      points.rows.expand(point, centroids.row(segment++));
    }
    if (Run run = refine(dense, std::move(centroids)); run.inertia < best.inertia) {
      best = std::move(run);
    }
  }
  return std::move(best.centroids);
}

}  // namespace tessera::cluster
