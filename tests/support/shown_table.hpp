// A small table, all in one text.
#pragma once

#include <fmt/format.h>

#include <string>

#include "support/world.hpp"
#include "tessera/table/table.hpp"

namespace tessera::test {

/// Collective: all columns and all cells, on all ranks: "a:integer 1 2; b:text x y"; "-" where
/// missing.
[[nodiscard]] inline std::string shown(const table::Table& table) {
  const comm::Share share = comm::share_of(table.rows(), world().rank(), world().size());
  std::string all;
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    std::string mine;
    for (const std::string& cell : table.read_text(c, share.first, share.count)) {
      mine += " " + (cell.empty() ? "-" : cell);
    }
    all += fmt::format("{}{}:{}", c == 0 ? "" : "; ", table.columns()[c].name,
                       to_string(table.columns()[c].type));
    for (const std::string& part : world().all_gather_strings(mine)) {
      all += part;
    }
  }
  return all;
}

}  // namespace tessera::test
