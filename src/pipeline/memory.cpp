#include "pipeline/memory.hpp"

#include <limits>

#include "tessera/base/error.hpp"
#include "tessera/base/node_memory.hpp"
#include "tessera/base/text.hpp"
#include "tessera/numeric/int128.hpp"

namespace tessera::pipeline {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

std::uint64_t clamped(numeric::Uint128 value) {
  return value > kNoLimit ? kNoLimit : static_cast<std::uint64_t>(value);
}

}  // namespace

std::uint64_t bytes_before_work(const comm::Communicator& comm, const table::Table& table) {
  constexpr std::uint64_t kProgram = std::uint64_t{100} << 20U;
  return kProgram + comm.all_max(table.memory_bytes());
}

std::uint64_t bytes_of_rows(std::uint64_t base, std::uint64_t rows, std::uint64_t per_row,
                            std::uint64_t fixed) {
  return clamped(numeric::Uint128{rows} * per_row + base + fixed);
}

void require_memory(const comm::Communicator& comm, std::uint64_t bytes_per_rank,
                    std::string_view work, std::string_view advice) {
  const std::uint64_t largest_node = comm.all_max(node_memory_bytes());
  const auto nodes = static_cast<std::uint64_t>(comm.nodes());
  const auto ranks = static_cast<std::uint64_t>(comm.size());
  // some node has so many or more
  const std::uint64_t together = (ranks + nodes - 1) / nodes;
  const std::uint64_t needed = clamped(numeric::Uint128{bytes_per_rank} * together);
  if (largest_node == 0 || needed <= largest_node) {
    return;
  }
  fail(ExitCode::kUnfit,
       "{} asks for about {} of memory on a node ({} with {} each), and no node has more than {}: "
       "{}",
       work, bytes_text(needed), counted(together, "rank"), bytes_text(bytes_per_rank),
       bytes_text(largest_node), advice);
}

}  // namespace tessera::pipeline
