// Ways to group rows that must give the same customers.
#pragma once

#include <vector>

#include "tessera/rfm/transactions.hpp"

namespace tessera::test {

/// A few at a time; all at once; with so little memory that everything is spilled, the last.
inline std::vector<rfm::Grouping> groupings() {
  return {{.gathered = 50}, {}, {.memory = 100'000, .scratch = "/tmp", .per_customer = 0}};
}

}  // namespace tessera::test
