// Compiled for any processor.
#include "cluster/kernels/kernel_sets.hpp"
#include "cluster/kernels/kernel_template.hpp"

namespace tessera::cluster {

constinit const Kernels kPortableKernels = make_kernels<simd::VecPortable, 1>();

}  // namespace tessera::cluster
