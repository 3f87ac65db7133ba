#include "tessera/base/node_memory.hpp"

#include <sys/sysinfo.h>

#include <algorithm>
#include <fstream>
#include <limits>

namespace tessera {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// Of a job on a shared node: version 2 and version 1 of control groups, as a container sees them.
std::uint64_t control_group_limit() {
  std::uint64_t limit = kNoLimit;
  for (const char* const file :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::uint64_t found = 0;
    if (std::ifstream(file) >> found) {  // not so where it holds "max"
      limit = std::min(limit, found);
    }
  }
  return limit;
}

}  // namespace

std::uint64_t node_memory_bytes() {
  struct sysinfo info {};
  if (sysinfo(&info) != 0) {
    return 0;
  }
  const std::uint64_t all =
      (std::uint64_t{info.totalram} + std::uint64_t{info.totalswap}) * info.mem_unit;
  return std::min(all, control_group_limit());
}

}  // namespace tessera
