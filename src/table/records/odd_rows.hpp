/// \file
/// What a person should know of rows that are not like the others. Private to src/table.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "table/records/cell_batch.hpp"
#include "table/records/format.hpp"
#include "tessera/comm/communicator.hpp"

namespace tessera::table {

/// Collects them over the files of a table, and tells of them in notes.
class OddRowNotes {
 public:
  /// The name of a place: "line 3", "line 3 of b.csv".
  using PlaceName = std::function<std::string(std::uint64_t file, std::uint64_t line)>;

  void begin_file(std::uint64_t file);
  /// The rows of this rank in their order.
  void look(const CellBatch& batch);
  /// What the readers of this rank counted.
  void add(const OddRows& rows);
  /// Collective. `last_run`: one more than the number of this rank's last run that has rows, or 0.
  void end_file(const comm::Communicator& comm, std::uint64_t last_run, const PlaceName& place);

  /// Collective: all that there is to say.
  [[nodiscard]] std::vector<std::string> notes(const comm::Communicator& comm,
                                               const PlaceName& place) const;

 private:
  struct Found {
    std::uint64_t count = 0;
    std::uint64_t file = 0;  // of the first
    std::uint64_t line = 0;
  };
  void add(Found& found, const OddLines& lines) const;

  std::uint64_t file_ = 0;
  Found filled_;
  Found comments_;
  Found totals_;
  // this rank's last row, if it looks like one of totals
  bool ends_with_totals_ = false;
  std::uint64_t last_line_ = 0;
  std::vector<std::string> last_rows_;  // notes of them
};

}  // namespace tessera::table
