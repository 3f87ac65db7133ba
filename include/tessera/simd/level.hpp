/// \file
/// Which vector instructions to use, chosen once at run time.
#pragma once

#include <string>
#include <vector>

namespace tessera::simd {

enum class SimdLevel { kPortable, kAvx2, kAvx512 };

/// The best level that both this processor and this build offer, unless the environment variable
/// TESSERA_SIMD (portable, avx2, avx512) asks for another; results are the same bits at every
/// level. Throws kUsage if TESSERA_SIMD is unknown or asks for more than the processor has.
[[nodiscard]] SimdLevel simd_level();

/// Those that both this processor and this build offer, the best last.
[[nodiscard]] std::vector<SimdLevel> available_simd_levels();

/// Whether the level in use has the instructions for 16-bit integers called VNNI as well.
[[nodiscard]] bool has_vnni();

[[nodiscard]] std::string to_string(SimdLevel level);

/// To be called after a library's function that may leave the upper halves of the vector registers
/// in use, which slows down all arithmetic that comes after it.
void clear_upper_halves();

}  // namespace tessera::simd
