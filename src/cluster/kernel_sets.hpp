// The kernels of each instruction set; those this build cannot offer are absent.
#pragma once

#include <string>
#include <vector>

#include "tessera/cluster/kernels.hpp"

namespace tessera::cluster {

extern const Kernels kPortableKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif

struct NamedKernels {
  std::string name;
  const Kernels* kernels;
};

/// Those that this processor can run.
[[nodiscard]] std::vector<NamedKernels> available_kernels();

}  // namespace tessera::cluster
