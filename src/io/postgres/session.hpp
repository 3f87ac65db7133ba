/// \file
/// A connection to a server. Private to src/io/postgres.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "io/postgres/libpq.hpp"
#include "tessera/base/error.hpp"
#include "tessera/io/postgres.hpp"

namespace tessera::io {

using PostgresResult = std::unique_ptr<PGresult, decltype(&::PQclear)>;

class PostgresSession {
 public:
  /// Throws `code`, as the others do with theirs, naming the address and what the server said.
  PostgresSession(const DatabaseAddress& address, ExitCode code);
  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;
  ~PostgresSession();

  [[nodiscard]] PGconn* get() const { return connection_; }
  [[noreturn]] void fail_saying(ExitCode code, std::string_view what,
                                std::string_view reason) const;

  /// Runs a command that has to end so.
  [[nodiscard]] PostgresResult run(const std::string& command, ExecStatusType expected,
                                   ExitCode code) const;
  [[nodiscard]] PostgresResult run(const std::string& command, ExitCode code) const {
    return run(command, PGRES_COMMAND_OK, code);
  }

  /// A name as SQL has it: "a b". Of a table with its schema: "sales"."a b".
  [[nodiscard]] std::string quoted(std::string_view name) const;
  [[nodiscard]] std::string quoted_table(std::string_view name) const;

 private:
  std::string shown_;
  PGconn* connection_;
};

}  // namespace tessera::io
