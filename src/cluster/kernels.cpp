#include "tessera/cluster/kernels.hpp"

#include "kernel_sets.hpp"
#include "tessera/numeric/simd.hpp"

namespace tessera::cluster {

const Kernels& kernels() {
  switch (numeric::simd_level()) {
#if defined(__x86_64__)
    case numeric::SimdLevel::kAvx512:
      return kAvx512Kernels;
    case numeric::SimdLevel::kAvx2:
      return kAvx2Kernels;
#endif
    default:
      return kPortableKernels;
  }
}

}  // namespace tessera::cluster
