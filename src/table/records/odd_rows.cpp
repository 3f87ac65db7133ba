#include "table/records/odd_rows.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "table/text/totals.hpp"
#include "tessera/base/text.hpp"

namespace tessera::table {

void OddRowNotes::begin_file(std::uint64_t file) {
  file_ = file;
  ends_with_totals_ = false;
}

void OddRowNotes::look(const CellBatch& batch) {
  const std::string_view* const last = batch.column(0).data() + (batch.size() - 1);
  ends_with_totals_ = is_row_of_totals(last, batch.columns(), CellBatch::kStride);
  last_line_ = batch.lines().back();
}

void OddRowNotes::add(const OddRows& rows) {
  add(filled_, rows.filled);
  add(comments_, rows.comments);
  add(totals_, rows.totals);
}

// Files and their lines come in their order.
void OddRowNotes::add(Found& found, const OddLines& lines) const {
  if (found.count == 0) {
    found.file = file_;
    found.line = lines.first;
  }
  found.count += lines.count;
}

void OddRowNotes::end_file(const comm::Communicator& comm, std::uint64_t last_run,
                           const PlaceName& place) {
  const std::vector<std::uint64_t> all = comm.all_gather(
      std::vector<std::uint64_t>{last_run, ends_with_totals_ ? 1U : 0U, last_line_});
  std::array<std::uint64_t, 3> last{};  // of the table's last row so far
  for (std::size_t i = 0; i < all.size(); i += last.size()) {
    last = std::max(last, {all[i], all[i + 1], all[i + 2]});
  }
  if (last[0] > 0 && last[1] != 0) {
    last_rows_.push_back(fmt::format(
        "the last row, in {}, looks like a row of totals, but is read as a customer; such rows can "
        "be left out",
        place(file_, last[2])));
  }
}

std::vector<std::string> OddRowNotes::notes(const comm::Communicator& comm,
                                            const PlaceName& place) const {
  std::vector<std::uint64_t> mine;
  for (const Found& found : {filled_, comments_, totals_}) {
    mine.insert(mine.end(), {found.count, found.file, found.line});
  }
  const std::vector<std::uint64_t> all = comm.all_gather(mine);
  const auto total = [&](std::size_t kind) {
    Found sum;
    for (std::size_t i = 3 * kind; i < all.size(); i += mine.size()) {
      if (all[i] == 0) {
        continue;
      }
      const auto first = std::tuple(all[i + 1], all[i + 2]);
      if (sum.count == 0 || first < std::tuple(sum.file, sum.line)) {
        std::tie(sum.file, sum.line) = first;
      }
      sum.count += all[i];
    }
    return sum;
  };
  std::vector<std::string> notes;
  const auto tell = [&](const Found& found, std::string_view noun, std::string_view what) {
    if (found.count > 0) {
      notes.push_back(fmt::format("{} {}, the first in {}", counted(found.count, noun), what,
                                  place(found.file, found.line)));
    }
  };
  tell(total(0), "short row", "filled up with missing cells");
  tell(total(1), "line", "passed over as comments");
  tell(total(2), "row", "of totals left out");
  notes.insert(notes.end(), last_rows_.begin(), last_rows_.end());
  return notes;
}

}  // namespace tessera::table
