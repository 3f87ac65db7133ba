/// \file
/// Records that are no rows: how many, and the first few. Private to src/table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tessera/comm/communicator.hpp"

namespace tessera::table {

struct Rejections {
  struct One {
    std::uint64_t file = 0;  ///< its number
    std::uint64_t line = 0;
    std::string reason;
  };
  std::uint64_t count = 0;
  std::vector<One> first;  ///< at most ReadReport::kListedRejections, in the order of the files

  /// Behind those added before.
  void add(std::uint64_t file, std::uint64_t line, std::string reason);
  /// Collective: those of all ranks.
  [[nodiscard]] Rejections over_all(const comm::Communicator& comm) const;
};

}  // namespace tessera::table
