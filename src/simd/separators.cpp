#include "tessera/simd/separators.hpp"

#include "simd/separator_sets.hpp"

namespace tessera::simd {
namespace {

const TextKernels& chosen() {
  static const TextKernels& kernels = text_kernels(simd_level());
  return kernels;
}

}  // namespace

const TextKernels& text_kernels(SimdLevel level) {
  switch (level) {
#if defined(__x86_64__)
    case SimdLevel::kAvx512:
      return kAvx512TextKernels;
    case SimdLevel::kAvx2:
      return kAvx2TextKernels;
#endif
    default:
      return kPortableTextKernels;
  }
}

void scan_separators(SeparatorScan& scan) { chosen().scan_separators(scan); }

TextCensus take_census(std::string_view text) { return chosen().take_census(text); }

}  // namespace tessera::simd
