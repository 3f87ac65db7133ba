// Where a Reading's texts lie, if those of a column stand one behind the other in the order of
// rows.
#include "table/records/reading.hpp"
#include "tessera/base/error.hpp"

namespace tessera::table {

std::vector<TextPlace> Reading::text_places(std::size_t column) const {
  const std::vector<std::uint64_t>& before = seen_[source_[column]].run_bytes;
  std::vector<std::uint64_t> mine;
  for (const std::size_t run : has_rows_) {
    // a column that this rank never saw has nothing in any run
    mine.push_back(run + 1 < before.size() ? before[run + 1] - before[run] : 0);
  }
  const std::vector<std::uint64_t> all = comm_.all_gather(mine);  // by rank
  std::vector<std::size_t> next(static_cast<std::size_t>(comm_.size()) + 1);
  for (const RowPlaces::Run& run : places_.runs()) {
    ++next[run.rank + 1];
  }
  for (std::size_t rank = 1; rank < next.size(); ++rank) {
    next[rank] += next[rank - 1];
  }
  std::vector<TextPlace> places;
  std::uint64_t at = 0;
  for (const RowPlaces::Run& run : places_.runs()) {
    const std::uint64_t bytes = all[next[run.rank]++];
    if (run.rank == static_cast<std::uint64_t>(comm_.rank())) {
      places.push_back({at, at + bytes});
    }
    at += bytes;
  }
  return places;
}

void Reading::fail_changed(std::size_t run) const {
  fail(ExitCode::kIo, "{} changed while it was read; run the same command again",
       name_of(runs_[run].file));
}

}  // namespace tessera::table
