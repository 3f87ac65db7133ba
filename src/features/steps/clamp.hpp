/// \file
/// What clip and limit do with values. Private to src/features/steps.
#pragma once

#include <cstddef>
#include <span>

#include "tessera/simd/vectorise.hpp"

namespace tessera::features {

/// Values below `low` become it, and those above `high` that; NaN is neither.
inline void clamp_values(double low, double high, std::span<double> values) {
  simd::vectorise([low, high, x = values.data(), n = values.size()]() TESSERA_INLINE {
    for (std::size_t i = 0; i < n; ++i) {
      const double above = x[i] < low ? low : x[i];
      x[i] = above > high ? high : above;
    }
  });
}

}  // namespace tessera::features
