// The doors by which a table comes in. A new one is a file of its own and a line in the list.
#include <array>

#include "table/fetched/fetched_text.hpp"
#include "table/h5/open_h5.hpp"
#include "table/records/open_records.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

struct Door {
  bool (*takes)(const std::string& input);
  OpenedTable (*open)(const comm::Communicator& comm, const std::string& input,
                      const ReadOptions& options, Progress& progress);
};

// The first that takes an input opens it; the last takes all.
constexpr std::array kDoors = {
    Door{is_fetched, open_fetched},
    Door{is_h5, open_h5},
    Door{[](const std::string&) { return true; }, open_records},
};

}  // namespace

OpenedTable open_source(const comm::Communicator& comm, const std::string& input,
                        const ReadOptions& options, Progress& progress) {
  std::uint64_t door = 0;
  comm.together([&] {
    while (comm.is_root() && !kDoors.at(door).takes(input)) {
      ++door;
    }
  });
  comm.broadcast(std::span(&door, 1), 0);
  return kDoors.at(door).open(comm, input, options, progress);
}

std::unique_ptr<Table> open_table(const comm::Communicator& comm, const std::string& path) {
  return open_source(comm, path).table;
}

}  // namespace tessera::table
