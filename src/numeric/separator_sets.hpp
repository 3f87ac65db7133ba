// scan_separators() with each instruction set; those this build cannot offer are absent.
#pragma once

#include "tessera/numeric/separators.hpp"

namespace tessera::numeric {

void scan_separators_portable(SeparatorScan& scan);
#if defined(__x86_64__)
void scan_separators_avx2(SeparatorScan& scan);
void scan_separators_avx512(SeparatorScan& scan);
#endif

}  // namespace tessera::numeric
