// Compiled with the avx2 instruction set (src/CMakeLists.txt).
#include "separator_sets.hpp"
#include "separator_template.hpp"

namespace tessera::numeric {

constinit const TextKernels kAvx2TextKernels = kKernels;

}  // namespace tessera::numeric
