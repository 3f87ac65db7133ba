// Compiled with the avx512 instruction set (src/CMakeLists.txt).
#include "separator_sets.hpp"
#include "separator_template.hpp"

namespace tessera::numeric {

void scan_separators_avx512(SeparatorScan& scan) { scan_blocks(scan); }

}  // namespace tessera::numeric
