// The kernels of each instruction set; those this build cannot offer are absent.
#pragma once

#include <string>
#include <vector>

#include "cluster/kernels/kernels.hpp"

namespace tessera::cluster {

extern const Kernels kPortableKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
/// With the instructions named VNNI, which not all processors with AVX-512 have.
std::uint64_t screen_avx512_vnni(const BlockRows& rows, const ScreenView& centroids,
                                 const ScreenScale& scale, std::int32_t* label);
#endif

struct NamedKernels {
  std::string name;
  const Kernels* kernels;
};

/// Those that this processor can run.
[[nodiscard]] std::vector<NamedKernels> available_kernels();

}  // namespace tessera::cluster
