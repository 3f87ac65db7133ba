/// \file
/// Where the rows that the ranks have read stand in the table. Private to src/table.
#pragma once

#include <cstdint>
#include <vector>

#include "tessera/comm/communicator.hpp"

namespace tessera::table {

/// Rows that this rank has read one after the other.
struct ReadRun {
  std::uint64_t file = 0;
  std::uint64_t number = 0;  ///< the order of the runs of a file
  std::uint64_t rows = 0;
};

class RowPlaces {
 public:
  struct Run {
    std::uint64_t first = 0;  ///< row of the table
    std::uint64_t rows = 0;
    std::uint64_t rank = 0;  ///< that has read them
  };

  RowPlaces() = default;
  /// Collective. `mine` is in the order of the rows, without empty runs.
  RowPlaces(const comm::Communicator& comm, const std::vector<ReadRun>& mine);

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  /// All runs, in the order of the table.
  [[nodiscard]] const std::vector<Run>& runs() const { return runs_; }

  /// This rank's, likewise.
  [[nodiscard]] const std::vector<Run>& own() const { return own_; }

  /// Calls use(first row of the table, from, count) for `count` of this rank's rows from its row
  /// `from` on, which follow one another in the table too.
  template <typename Use>
  void for_each_run(std::uint64_t from, std::uint64_t count, const Use& use) const {
    std::uint64_t begin = 0;
    for (const Run& run : own_) {
      const std::uint64_t end = begin + run.rows;
      if (from < end && from + count > begin) {
        const std::uint64_t low = from > begin ? from : begin;
        const std::uint64_t high = from + count < end ? from + count : end;
        use(run.first + (low - begin), low, high - low);
      }
      begin = end;
    }
  }

 private:
  std::uint64_t rows_ = 0;
  std::vector<Run> runs_;
  std::vector<Run> own_;
};

}  // namespace tessera::table
