/// \file
/// Which records are rows, and why the others are not. Private to src/table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "table/text/delimited.hpp"
#include "table/text/text_format.hpp"
#include "table/values/number.hpp"
#include "tessera/comm/communicator.hpp"
#include "tessera/table/text/ingest.hpp"

namespace tessera::table {

/// Judges records by themselves, so that every pass over the file judges alike.
class RowCheck {
 public:
  /// `types`: per column, the type that its cells must have, if any.
  RowCheck(const TextFormat& format, const MissingMarkers& missing,
           std::vector<std::optional<ColumnType>> types);

  /// What is wrong with the record's fields; nothing if there is one for each column.
  [[nodiscard]] std::optional<std::string> problem_of_form(const Record& record) const;

  /// True if some column's cells must have a type: then problem_of_values() is to be asked too.
  [[nodiscard]] bool checks_values() const { return !numeric_.empty(); }
  /// What is wrong with the cells, which stand `stride` apart; nothing if it is a row.
  [[nodiscard]] std::optional<std::string> problem_of_values(const std::string_view* cells,
                                                             std::size_t stride) const;

 private:
  const TextFormat& format_;
  const MissingMarkers& missing_;
  std::vector<std::optional<ColumnType>> types_;
  std::vector<std::size_t> numeric_;  // columns whose cells must be numbers
};

/// Rejected rows: how many, and the first few.
struct Rejections {
  std::uint64_t count = 0;
  std::vector<IngestReport::Rejection> first;

  void add(std::uint64_t line, std::string reason);
  /// Collective: those of all ranks, in the order of the file.
  [[nodiscard]] Rejections over_all(const comm::Communicator& comm) const;
};

}  // namespace tessera::table
