#include "tessera/numeric/separators.hpp"

#include "separator_sets.hpp"

namespace tessera::numeric {

ScanSeparators separator_scanner(SimdLevel level) {
  switch (level) {
#if defined(__x86_64__)
    case SimdLevel::kAvx512:
      return scan_separators_avx512;
    case SimdLevel::kAvx2:
      return scan_separators_avx2;
#endif
    default:
      return scan_separators_portable;
  }
}

void scan_separators(SeparatorScan& scan) {
  static const ScanSeparators scanner = separator_scanner(simd_level());
  scanner(scan);
}

}  // namespace tessera::numeric
