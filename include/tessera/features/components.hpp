/// \file
/// Principal components of the prepared numeric features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::features {

/// How many components are wanted: a number of them, or as many as explain a share of the variance.
/// Both 0: none are made, the features stay.
struct ComponentsWanted {
  std::size_t count = 0;
  double share = 0;
};

/// Reads "5", "0.9" or "". Throws kUsage about `pca` where it is none of these.
[[nodiscard]] ComponentsWanted parse_components(const std::string& text);

/// Component k of prepared values x: the sum over the features j of (x[j] - means[j]) loading(k,
/// j), in double, in the order of the features. None: the features are the dimensions.
struct Components {
  std::vector<double> means;      ///< of the prepared features
  std::vector<double> loadings;   ///< components x features, row-major: orthonormal rows
  std::vector<double> variances;  ///< of the sample, of each component, descending
  double total = 0;               ///< variance of all features together
  bool operator==(const Components&) const = default;

  [[nodiscard]] bool none() const { return variances.empty(); }
  [[nodiscard]] std::size_t count() const { return variances.size(); }
  [[nodiscard]] std::size_t features() const { return means.size(); }
  [[nodiscard]] double loading(std::size_t k, std::size_t j) const {
    return loadings[k * features() + j];
  }
  /// The share of the variance that component k explains.
  [[nodiscard]] double share(std::size_t k) const { return total > 0 ? variances[k] / total : 0; }

  /// The point of prepared values, and the prepared values that a point stands for.
  [[nodiscard]] std::vector<float> point(std::span<const float> prepared) const;
  [[nodiscard]] std::vector<double> prepared(std::span<const float> point) const;
  /// Row `to_row` of `to`, in the space of the components, from one of the features. The two may be
  /// one: then numbers beyond the components are left as they are.
  void apply(const FeatureRows& from, std::uint64_t from_row, FeatureRows& to,
             std::uint64_t to_row) const;
  /// Whether they could have been fitted.
  [[nodiscard]] bool is_sound(std::size_t features) const;
};

/// Collective. Those of the numeric features `columns` of all ranks' rows: the eigenvectors of
/// their exact covariance, found by one rank for all, each with its largest loading positive (the
/// first of equal ones); as scikit-learn's PCA. Throws kBadData about `pca` if more are wanted than
/// there are features, or there is none.
[[nodiscard]] Components fit_components(const comm::Communicator& comm, const FeatureRows& rows,
                                        std::span<const std::size_t> columns,
                                        const ComponentsWanted& wanted);

}  // namespace tessera::features
