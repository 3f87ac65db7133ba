/// \file
/// The normal distribution of mean 0 and deviation 1.
#pragma once

namespace tessera::numeric {

/// The value below which the share `p` in [0, 1] lies, to about 1e-15 of itself; infinite at 0
/// and 1. Wichura, Algorithm AS 241, Applied Statistics 37 (1988).
[[nodiscard]] double normal_quantile(double p);

/// The share below `value`.
[[nodiscard]] double normal_share(double value);

}  // namespace tessera::numeric
