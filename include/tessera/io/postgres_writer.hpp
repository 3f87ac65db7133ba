/// \file
/// PostgreSQL: writing a table.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tessera/io/postgres.hpp"

namespace tessera::io {

/// The rows of a table, in one transaction: others see them with commit(), all or none. Without
/// `merge` they replace what the table held; with it, rows whose value in that column is there
/// already are changed where they differ, and the others are added. The table is made if there is
/// none. Not collective.
class PostgresWriter {
 public:
  struct Column {
    std::string name;
    std::string type;  ///< of SQL, if the table is made
  };

  /// Throws kCannotCreate naming the address and what the server said.
  PostgresWriter(const DatabaseAddress& address, const std::vector<Column>& columns);
  PostgresWriter(const PostgresWriter&) = delete;
  PostgresWriter& operator=(const PostgresWriter&) = delete;
  ~PostgresWriter();

  /// Rows as RFC 4180, of all columns; nothing between the commas where a value is missing. Throws
  /// kIo, as the others do.
  void put(std::string_view rows);
  /// All rows were put: the server has taken them.
  void finish();
  void commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tessera::io
