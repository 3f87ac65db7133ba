// Compiled for any processor.
#include "separator_sets.hpp"
#include "separator_template.hpp"

namespace tessera::numeric {

void scan_separators_portable(SeparatorScan& scan) { scan_blocks(scan); }

}  // namespace tessera::numeric
