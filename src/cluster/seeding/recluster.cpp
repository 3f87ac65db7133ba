#include "cluster/seeding/recluster.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "cluster/assign.hpp"
#include "cluster/seeding/draw_rows.hpp"
#include "cluster/seeding/greedy_picker.hpp"

namespace tessera::cluster {
namespace {

constexpr std::size_t kMostStarts = 8;
constexpr std::size_t kStartsTimesSegments = 256;
constexpr int kMostIterations = 20;
constexpr double kSettled = 0.999;  // of the last inertia: no use going on

struct Run {
  Centroids centroids;
  double inertia = std::numeric_limits<double>::infinity();
};

/// The rows of a coreset written out densely, in double, times their weights.
struct DensePoints {
  explicit DensePoints(const Coreset& coreset)
      : rows(coreset.rows),
        weights(Eigen::Map<const Eigen::ArrayXd>(
            coreset.weights.data(), static_cast<Eigen::Index>(coreset.weights.size()))),
        columns(static_cast<Eigen::Index>(rows.space().dimensions()), weights.size()),
        mean(Eigen::ArrayXd::Zero(columns.rows())) {
    Eigen::ArrayXf dense(columns.rows());
    for (Eigen::Index i = 0; i < columns.cols(); ++i) {
      rows.expand(static_cast<std::uint64_t>(i),
                  {dense.data(), static_cast<std::size_t>(dense.size())});
      columns.col(i) = weights(i) * dense.cast<double>();
      mean += columns.col(i);
    }
    mean /= std::accumulate(weights.begin(), weights.end(), 0.0);
    Eigen::ArrayXd each = Eigen::ArrayXd::Zero(columns.rows());
    for (Eigen::Index i = 0; i < columns.cols(); ++i) {
      each += (columns.col(i) / weights(i) - mean).square() * weights(i);
    }
    squares = std::accumulate(each.begin(), each.end(), 0.0);
  }

  const features::FeatureRows& rows;
  Eigen::ArrayXd weights;
  Eigen::ArrayXXd columns;  // dimensions x rows
  Eigen::ArrayXd mean;
  double squares = 0;  // weighted sum of the squared distances to the mean
};

/// One of Lloyd's iterations: gives `run` its inertia, and `means`, at first the centroids, the
/// means of the points nearest to each. Sums are in double and in the order of the points,
/// dimension by dimension.
void iterate(const DensePoints& points, Run& run, Centroids& means) {
  const Eigen::Index dimensions = points.columns.rows();
  const auto count = static_cast<Eigen::Index>(run.centroids.count);
  Eigen::ArrayXXd sums = Eigen::ArrayXXd::Zero(dimensions, count);
  Eigen::ArrayXd sizes = Eigen::ArrayXd::Zero(count);
  const std::vector<std::int32_t> labels = assign(points.rows, run.centroids);
  for (Eigen::Index i = 0; i < points.columns.cols(); ++i) {
    const Eigen::Index label = labels[static_cast<std::size_t>(i)];
    sums.col(label) += points.columns.col(i);
    sizes(label) += points.weights(i);
  }
  // for x and c relative to the mean: sum w |x - c|^2 = sum w |x|^2 + W |c|^2 - 2 c . sum w x
  Eigen::ArrayXd gained = Eigen::ArrayXd::Zero(dimensions);
  Eigen::Map<Eigen::ArrayXXf> next(means.values.data(), dimensions, count);
  for (Eigen::Index c = 0; c < count; ++c) {
    if (sizes(c) > 0) {
      const Eigen::ArrayXd centroid = next.col(c).cast<double>() - points.mean;
      const Eigen::ArrayXd sum = sums.col(c) - sizes(c) * points.mean;
      gained += centroid * (2 * sum - sizes(c) * centroid);
      next.col(c) = (sums.col(c) / sizes(c)).cast<float>();
    }
  }
  run.inertia = points.squares - std::accumulate(gained.begin(), gained.end(), 0.0);
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
