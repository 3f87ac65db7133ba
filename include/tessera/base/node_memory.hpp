/// \file
/// How much memory there is.
#pragma once

#include <cstdint>

namespace tessera {

/// Bytes of memory and swap that this process's node has, or its control group may use; 0 if that
/// cannot be found out.
[[nodiscard]] std::uint64_t node_memory_bytes();

}  // namespace tessera
