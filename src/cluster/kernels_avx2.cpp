// Compiled with the avx2 instruction set (src/CMakeLists.txt).
#include "kernel_sets.hpp"
#include "kernel_template.hpp"

namespace tessera::cluster {

constinit const Kernels kAvx2Kernels = make_kernels<numeric::VecAvx2, 2>();

}  // namespace tessera::cluster
