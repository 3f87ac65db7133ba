/// \file
/// Segments by the nearest centroid.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/cluster/segmentation.hpp"

namespace tessera::cluster {

/// A row's segment is that of the nearest centroid, the lower number in a tie. The score columns
/// are "distance" to it (Euclidean, in the feature space), "margin" (distance to the next nearest
/// centroid minus that; 0 if there is none) and "confidence" (margin by the distance to the next
/// nearest).
///
/// Centroids have single precision: they are the points that rows are measured against, and the
/// inertia is measured, in double, to these very points.
class CentroidSegmentation : public Segmentation {
 public:
  struct Values {
    Centroids centroids;
    std::vector<std::uint64_t> sizes;
    double inertia = 0;
    std::vector<double> weights = {};  // of the segments' rows; empty where each row weighs 1
    bool operator==(const Values&) const = default;
  };

  /// `method`: the name of the method that made it.
  CentroidSegmentation(std::string method, Values values)
      : method_(std::move(method)), values_(std::move(values)) {}
  /// From a file; throws std::invalid_argument if the values are no centroids and sizes.
  CentroidSegmentation(std::string method, const features::Space& space, const ValueSource& source);

  [[nodiscard]] std::string_view method() const override { return method_; }
  [[nodiscard]] const features::Space& space() const override { return values_.centroids.space; }
  [[nodiscard]] std::span<const std::uint64_t> sizes() const override { return values_.sizes; }
  [[nodiscard]] std::span<const double> weights() const override { return values_.weights; }
  [[nodiscard]] double inertia() const override { return values_.inertia; }
  [[nodiscard]] const Centroids* centroids() const override { return &values_.centroids; }
  [[nodiscard]] const Values& values() const { return values_; }

  [[nodiscard]] std::vector<std::int32_t> labels(const features::FeatureRows& rows) const override;
  [[nodiscard]] std::unique_ptr<Scorer> scorer(
      const features::CategoryTables& categories) const override;
  void visit(ValueVisitor& visitor) const override;

 private:
  std::string method_;
  Values values_;
};

}  // namespace tessera::cluster
