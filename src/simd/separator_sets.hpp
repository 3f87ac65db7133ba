// The kernels of each instruction set; those this build cannot offer are absent.
#pragma once

#include "tessera/simd/separators.hpp"

namespace tessera::simd {

extern const TextKernels kPortableTextKernels;
#if defined(__x86_64__)
extern const TextKernels kAvx2TextKernels;
extern const TextKernels kAvx512TextKernels;
#endif

}  // namespace tessera::simd
