// Distances of rows to centroids directly in double: what decides where scores cannot.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "cluster/kernels/kernels.hpp"
#include "tessera/features/rows/category_tables.hpp"
#include "tessera/features/rows/space.hpp"

namespace tessera::cluster {

/// Squared Euclidean distances of row `i` of a block to `count` centroids, which stand in `values`
/// one after the other; each in the order of the dimensions, categories level by level. What is
/// measured of segments once they stand has an order of its own: see features::Points.
inline void squared_distances(const BlockRows& rows, const features::CategoryTables& categories,
                              std::size_t i, const features::Space& space, const float* values,
                              std::size_t count, double* out) {
  const std::size_t width = space.dimensions();
  std::fill_n(out, count, 0.0);
  const auto add = [&](std::size_t dimension, double x) {
    for (std::size_t c = 0; c < count; ++c) {
      const double difference = x - double{values[c * width + dimension]};
      out[c] += difference * difference;
    }
  };
  for (std::size_t j = 0; j < space.numeric; ++j) {
    add(j, double{rows.numeric[j * rows.stride + i]});
  }
  std::size_t dimension = space.numeric;
  for (std::size_t c = 0; c < space.categories(); ++c) {
    const std::size_t plane = categories.table_of(c) * rows.position_bytes;
    const std::size_t position = features::read_position(rows.positions + plane * rows.stride + i,
                                                         rows.stride, rows.position_bytes);
    const std::uint16_t code = categories.codes(c)[position];
    const double value = space.level_value(c);
    for (std::size_t level = 0; level < space.levels[c]; ++level, ++dimension) {
      add(dimension, level == code ? value : 0.0);
    }
  }
}

}  // namespace tessera::cluster
