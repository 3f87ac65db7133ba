/// \file
/// The place of a function's maximum.
#pragma once

#include <functional>

namespace tessera::numeric {

/// Where `f`, which has one maximum within [low, high], is largest: by golden sections and
/// parabolas (Brent, Algorithms for Minimization without Derivatives, 1973, chapter 5), to 1e-9 or
/// as near as the values tell. `f` may be -inf, never NaN. The places asked for follow from the
/// values alone: the same values give the same result, in at most 200 of them.
[[nodiscard]] double place_of_maximum(double low, double high,
                                      const std::function<double(double)>& f);

}  // namespace tessera::numeric
