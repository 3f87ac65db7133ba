#include "table/records/row_places.hpp"

#include <algorithm>
#include <tuple>

namespace tessera::table {

RowPlaces::RowPlaces(const comm::Communicator& comm, const std::vector<ReadRun>& mine) {
  struct Known {
    ReadRun run;
    std::uint64_t rank;
  };
  std::vector<Known> all;
  all.reserve(mine.size());
  for (const ReadRun& run : mine) {
    all.push_back({run, static_cast<std::uint64_t>(comm.rank())});
  }
  all = comm.all_gather(all);
  std::ranges::sort(
      all, {}, [](const Known& known) { return std::tuple(known.run.file, known.run.number); });
  for (const Known& known : all) {
    runs_.push_back({rows_, known.run.rows, known.rank});
    rows_ += known.run.rows;
    if (known.rank == static_cast<std::uint64_t>(comm.rank())) {
      own_.push_back(runs_.back());
    }
  }
}

}  // namespace tessera::table
