// Compiled for any processor.
#include "simd/separator_sets.hpp"
#include "simd/separator_template.hpp"

namespace tessera::simd {

constinit const TextKernels kPortableTextKernels = kKernels;

}  // namespace tessera::simd
