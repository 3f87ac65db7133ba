/// \file
/// How a delimited file is laid out, found from its beginning. Private to src/table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "table/records/format.hpp"
#include "table/text/dialect.hpp"
#include "table/text/sample.hpp"
#include "tessera/table/read_options.hpp"

namespace tessera::table {

struct TextFormat {
  Dialect dialect;
  bool header = false;
  LineStart data;                 ///< where the first record behind the header begins
  std::vector<ColumnName> names;  ///< unique; one per column
  std::vector<std::string> notes;
};

/// Nothing if a longer head is needed. Throws kBadData if the file is empty or is not text that can
/// be read, saying what it seems to be and how to convert it.
[[nodiscard]] std::optional<TextFormat> find_text_format(const Head& head,
                                                         const ReadOptions& options);

}  // namespace tessera::table
