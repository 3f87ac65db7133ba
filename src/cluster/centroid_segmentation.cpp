#include "tessera/cluster/centroid_segmentation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <type_traits>

#include "cluster/assign.hpp"

namespace tessera::cluster {
namespace {

class CentroidScorer final : public Scorer {
 public:
  CentroidScorer(const Centroids& centroids, const features::CategoryTables& categories)
      : measurer_(centroids, categories) {}

  [[nodiscard]] std::span<const std::string> columns() const override {
    static const std::array<std::string, 3> names = {"distance", "margin", "confidence"};
    return names;
  }

  void score(const features::FeatureRows& rows, std::uint64_t first,
             const ScoreSpan& out) const override {
    std::vector<Nearest> nearest(out.segments.size());
    measurer_.measure(rows, first, nearest);
    float* numbers = out.numbers.data();
    for (std::size_t i = 0; i < nearest.size(); ++i) {
      const Nearest& row = nearest[i];
      const double next = row.distance + row.margin;
      out.segments[i] = row.segment;
      *numbers++ = static_cast<float>(row.distance);
      *numbers++ = static_cast<float>(row.margin);
      *numbers++ = next > 0 ? static_cast<float>(row.margin / next) : 0;
    }
  }

 private:
  Measurer measurer_;
};

/// The values, listed once, to be taken or given back.
template <typename Values, typename Visitor>
void list_values(Values& values, Visitor& visitor) {
  std::uint64_t segments = values.centroids.count;
  visitor.number("segments", segments);
  if constexpr (!std::is_const_v<Values>) {
    values.centroids.count = segments;
  }
  visitor.array("centroids", values.centroids.values, values.centroids.space.dimensions());
  visitor.counts("sizes", values.sizes, "weights", values.weights);
  visitor.number("inertia", values.inertia);
}

bool is_whole(const CentroidSegmentation::Values& values) {
  const Centroids& centroids = values.centroids;
  constexpr std::uint64_t kMostRows = std::numeric_limits<std::int64_t>::max();
  std::uint64_t rows = 0;
  for (const std::uint64_t size : values.sizes) {
    if (size > kMostRows - rows) {
      return false;
    }
    rows += size;
  }
  const auto weighs = [](double weight) { return std::isfinite(weight) && weight > 0; };
  const bool weights_fit = values.weights.empty() || values.weights.size() == values.sizes.size();
  return weights_fit && std::ranges::all_of(values.weights, weighs) &&
         std::isfinite(values.inertia) && centroids.count > 0 &&
         values.sizes.size() == centroids.count &&
         centroids.values.size() == centroids.count * centroids.space.dimensions() &&
         !centroids.values.empty() &&
         std::ranges::all_of(centroids.values, [](float c) { return std::isfinite(c); });
}

}  // namespace

CentroidSegmentation::CentroidSegmentation(std::string method, const features::Space& space,
                                           const ValueSource& source)
    : method_(std::move(method)) {
  values_.centroids.space = space;
  list_values(values_, source);
  if (!is_whole(values_)) {
    throw std::invalid_argument("no centroids with their sizes");
  }
}

std::vector<std::int32_t> CentroidSegmentation::labels(const features::FeatureRows& rows) const {
  return assign(rows, values_.centroids);
}

std::unique_ptr<Scorer> CentroidSegmentation::scorer(
    const features::CategoryTables& categories) const {
  return std::make_unique<CentroidScorer>(values_.centroids, categories);
}

void CentroidSegmentation::visit(ValueVisitor& visitor) const { list_values(values_, visitor); }

}  // namespace tessera::cluster
