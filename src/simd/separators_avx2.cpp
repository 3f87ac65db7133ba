// Compiled with the avx2 instruction set (src/CMakeLists.txt).
#include "simd/separator_sets.hpp"
#include "simd/separator_template.hpp"

namespace tessera::simd {

constinit const TextKernels kAvx2TextKernels = kKernels;

}  // namespace tessera::simd
