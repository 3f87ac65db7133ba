// Compiled for any processor.
#include "kernel_sets.hpp"
#include "kernel_template.hpp"

namespace tessera::cluster {

constinit const Kernels kPortableKernels = make_kernels<numeric::VecPortable, 1>();

}  // namespace tessera::cluster
