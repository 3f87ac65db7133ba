// Compiled for any processor.
#include "separator_sets.hpp"
#include "separator_template.hpp"

namespace tessera::numeric {

constinit const TextKernels kPortableTextKernels = kKernels;

}  // namespace tessera::numeric
