// Compiled with the avx2 instruction set (src/CMakeLists.txt).
#include "cluster/kernels/kernel_sets.hpp"
#include "cluster/kernels/kernel_template.hpp"

namespace tessera::cluster {

constinit const Kernels kAvx2Kernels = make_kernels<simd::VecAvx2, 2>();

}  // namespace tessera::cluster
