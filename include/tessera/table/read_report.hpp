/// \file
/// What was found while text was read as a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tessera/table/table.hpp"

namespace tessera::table {

/// The same whatever the ranks.
struct ReadReport {
  struct Rejection {
    std::string file;        ///< empty if there is but one
    std::uint64_t line = 0;  ///< where the row begins, counted from 1
    std::string reason;
  };
  struct ReportedColumn {
    std::string name;
    ColumnType type = ColumnType::kText;
    bool stated = false;  ///< the type was given rather than inferred
    ColumnSummary summary;
    bool has_time = false;  ///< of dates: as Column::has_time
    std::string written;    ///< how: the format of dates, "decimal comma", ...; empty if plainly
    std::string unit;       ///< of numbers that have one, if it is the same for all: "€", "%"
  };

  std::vector<std::string> files;
  std::string format;        ///< of the first file: a name in the list of kinds
  std::uint64_t bytes = 0;   ///< of text, unpacked
  char delimiter = ',';      ///< of the first file, if it is delimited text
  bool header = false;       ///< likewise
  bool by_one_rank = false;  ///< some file could not be read in parts
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  std::vector<Rejection> rejections;  ///< the first kListedRejections
  std::vector<ReportedColumn> columns;
  std::vector<std::string> notes;  ///< sentences that a person should read

  static constexpr std::size_t kListedRejections = 10;
};

}  // namespace tessera::table
