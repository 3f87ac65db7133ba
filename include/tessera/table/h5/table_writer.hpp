/// \file
/// Writing a table in Tessera's HDF5 layout (FORMAT.md), all ranks side by side.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/comm/communicator.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/io/h5_output.hpp"
#include "tessera/table/planned_column.hpp"

namespace tessera::table {

/// Collective. Creates the file at once with all its columns; rows are then written in any order,
/// by any rank, in ranges that do not overlap; commit() makes the file appear.
class TableWriter {
 public:
  /// `notes` become text attributes of the table (where it came from, how it was made).
  TableWriter(const comm::Communicator& comm, const std::string& path, std::uint64_t rows,
              std::vector<PlannedColumn> columns, const std::map<std::string, std::string>& notes);

  /// Numbers of a kInteger or kReal column; NaN where missing. Integers beyond 2^53 go through
  /// write_integers. Throws kInternal if a value does not fit the planned range.
  void write_numbers(std::size_t column, std::uint64_t first, std::span<const double> values);
  /// kInteger; kMissingInteger where missing.
  void write_integers(std::size_t column, std::uint64_t first,
                      std::span<const std::int64_t> values);
  /// kCategory; -1 where missing.
  void write_codes(std::size_t column, std::uint64_t first, std::span<const std::int32_t> codes);
  /// kText; empty where missing. `before`: the bytes of all texts in the rows before `first`, which
  /// a column needs that has_own_lengths().
  void write_text(std::size_t column, std::uint64_t first, std::span<const std::string> values,
                  std::uint64_t before = 0);
  void write_text(std::size_t column, std::uint64_t first, std::span<const std::string_view> values,
                  std::uint64_t before = 0);
  /// True of a text column whose values are stored one behind the other: where they differ so much
  /// in length that this takes less room than if all were as long as the longest.
  [[nodiscard]] bool has_own_lengths(std::size_t column) const {
    return columns_.at(column).own_lengths;
  }

  /// Collective, as those of io::H5Output.
  void flush() { file_.flush(); }
  void commit() { file_.commit(); }

  static constexpr std::int64_t kMissingInteger = INT64_MIN;

 private:
  struct Placed {
    PlannedColumn plan;
    io::H5Type type;       ///< of the values; of texts at their own lengths, where each ends
    std::uint64_t offset;  ///< of these
    bool own_lengths = false;
    std::uint64_t text_offset = 0;  ///< of such texts
  };
  void write_ends(const Placed& placed, std::uint64_t first,
                  std::span<const std::string_view> values, std::uint64_t before);

  /// The column, once rows [first, first + count) are known to lie in the table.
  [[nodiscard]] const Placed& at(std::size_t column, std::uint64_t first,
                                 std::uint64_t count) const;

  io::H5Output file_;
  std::uint64_t rows_;
  std::vector<Placed> columns_;
};

}  // namespace tessera::table
