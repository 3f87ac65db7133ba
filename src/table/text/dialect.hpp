/// \file
/// How a delimited file is punctuated. Private to src/table.
#pragma once

namespace tessera::table {

struct Dialect {
  char delimiter = ',';
};

}  // namespace tessera::table
