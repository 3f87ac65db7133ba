/// \file
/// Covariances of prepared numeric features. Private to src/features.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/features/rows/feature_rows.hpp"

namespace tessera::features {

struct Covariance {
  std::vector<double> means;
  /// Of the sample, divided by n - 1; columns x columns, row-major. Of rows that weigh differently
  /// n is what they stand for (rows_stood_for).
  std::vector<double> matrix;

  [[nodiscard]] double at(std::size_t i, std::size_t j) const {
    return matrix[i * means.size() + j];
  }
  /// 0 where one of the two does not vary.
  [[nodiscard]] double correlation(std::size_t i, std::size_t j) const;
};

/// Collective. Of the rows of all ranks, of which there are two at least, in the numeric features
/// `columns`: the same bits on any number of ranks. A pass over the rows for each pair of features.
[[nodiscard]] Covariance covariance(const comm::Communicator& comm, const FeatureRows& rows,
                                    std::span<const std::size_t> columns);

}  // namespace tessera::features
