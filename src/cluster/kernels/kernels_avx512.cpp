// Compiled with the avx512 instruction set (src/CMakeLists.txt).
#include "cluster/kernels/kernel_sets.hpp"
#include "cluster/kernels/kernel_template.hpp"

namespace tessera::cluster {

constinit const Kernels kAvx512Kernels = make_kernels<simd::VecAvx512, 4>();

}  // namespace tessera::cluster
