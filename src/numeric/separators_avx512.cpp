// Compiled with the avx512 instruction set (src/CMakeLists.txt).
#include "separator_sets.hpp"
#include "separator_template.hpp"

namespace tessera::numeric {

constinit const TextKernels kAvx512TextKernels = kKernels;

}  // namespace tessera::numeric
