/// \file
/// Segments so small that a few unusual values made them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tessera/model/model.hpp"

namespace tessera::model {

struct SmallSegment {
  std::size_t segment = 0;      ///< from 0
  std::uint64_t customers = 0;  ///< fewer than 3, or than one in a thousand of all
  /// The numeric column whose mean in the segment is farthest from that of all customers, in
  /// standard deviations; empty without numeric columns.
  std::string column;
  double mean = 0;         ///< of that column in the segment
  double mean_of_all = 0;  ///< and of all customers
  bool has_log1p = false;  ///< whether the logarithm of the column is taken already
};

/// Those of a model, in the order of its segments. None where small is nothing unusual: of fewer
/// than 30 customers, and where a segment of half the average size would be small already.
[[nodiscard]] std::vector<SmallSegment> small_segments(const Model& model);

}  // namespace tessera::model
