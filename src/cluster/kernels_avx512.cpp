// Compiled with the avx512 instruction set (src/CMakeLists.txt).
#include "kernel_sets.hpp"
#include "kernel_template.hpp"

namespace tessera::cluster {

constinit const Kernels kAvx512Kernels = make_kernels<numeric::VecAvx512, 4>();

}  // namespace tessera::cluster
