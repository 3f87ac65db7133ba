/// \file
/// How a delimited file is laid out, found from its beginning. Private to src/table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tessera/io/file.hpp"
#include "tessera/table/text/ingest.hpp"

namespace tessera::table {

struct TextFormat {
  char delimiter = ',';
  bool header = false;
  std::uint64_t data_begin = 0;  ///< where the first record behind the header begins
  std::uint64_t data_line = 1;   ///< and its line
  struct Name {
    std::string text;
    bool given = false;  ///< in the header, as opposed to column_N
  };
  std::vector<Name> names;  ///< unique; one per column
  std::vector<std::string> notes;
};

/// Not collective; every rank finds the same. Throws kBadData if the file is empty or is not text
/// that can be read, saying what it seems to be and how to convert it.
[[nodiscard]] TextFormat find_text_format(const io::InputFile& file, const IngestOptions& options);

}  // namespace tessera::table
