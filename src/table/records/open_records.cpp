#include "table/records/open_records.hpp"

#include <limits>
#include <utility>

#include "table/memory/memory_table.hpp"
#include "table/records/reading.hpp"
#include "tessera/base/error.hpp"
#include "tessera/base/node_memory.hpp"

namespace tessera::table {

std::uint64_t memory_of_a_rank(const comm::Communicator& comm) {
  const std::uint64_t memory = node_memory_bytes();
  const auto nodes = static_cast<std::uint64_t>(comm.nodes());
  const auto on_node = (static_cast<std::uint64_t>(comm.size()) + nodes - 1) / nodes;
  return memory == 0 ? std::numeric_limits<std::uint64_t>::max() : memory / on_node / 5 * 4;
}

OpenedTable open_inputs(const comm::Communicator& comm, const std::string& name,
                        std::vector<TextInput> inputs, const ReadOptions& options,
                        Progress& progress) {
  Reading reading(
      comm, std::move(inputs), options,
      {.kept_bytes = std::numeric_limits<std::size_t>::max(), .most_bytes = memory_of_a_rank(comm)},
      progress);
  reading.examine();
  OpenedTable opened;
  opened.report = reading.report();
  opened.table = std::make_unique<MemoryTable>(comm, name, reading);
  comm.together([&] { reading.check_unchanged(); });  // now that all is in memory
  return opened;
}

OpenedTable open_records(const comm::Communicator& comm, const std::string& input,
                         const ReadOptions& options, Progress& progress) {
  if (options.trust_input) {
    fail_about("trust_input", ExitCode::kUsage,
               "trust input: {} is text, which leads into no other file", input);
  }
  std::vector<TextInput> inputs;
  for (const std::string& path : expand_inputs(comm, input)) {
    inputs.push_back({path});
  }
  return open_inputs(comm, io::is_standard_input(input) ? "standard input" : input,
                     std::move(inputs), options, progress);
}

OpenedTable open_text(const comm::Communicator& comm, const std::string& name,
                      std::string_view bytes, const ReadOptions& options) {
  return open_inputs(comm, name, {{name, bytes}}, options, no_progress());
}

}  // namespace tessera::table
