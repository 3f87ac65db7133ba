#include "io/postgres/session.hpp"

#include <algorithm>

namespace tessera::io {

PostgresSession::PostgresSession(const DatabaseAddress& address, ExitCode code)
    : shown_(address.shown), connection_(pq().PQconnectdb(address.connection.c_str())) {
  if (pq().PQstatus(connection_) != CONNECTION_OK) {
    const std::string reason = pq().PQerrorMessage(connection_);
    pq().PQfinish(connection_);
    fail_saying(code, "cannot connect", reason);
  }
  // what the server notices is not the job's
  pq().PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  pq().PQsetClientEncoding(connection_, "UTF8");
}

PostgresSession::~PostgresSession() { pq().PQfinish(connection_); }

void PostgresSession::fail_saying(ExitCode code, std::string_view what,
                                  std::string_view reason) const {
  // "ERROR:  relation "x" does not exist\nLINE 1: ..."
  std::string_view first = reason.substr(0, reason.find('\n'));
  if (const std::size_t begin = first.find("ERROR:"); begin != std::string_view::npos) {
    first.remove_prefix(begin + std::string_view("ERROR:").size());
  }
  first.remove_prefix(std::min(first.find_first_not_of(' '), first.size()));
  fail(code, "{}: {}: {}", shown_, what, first);
}

PostgresResult PostgresSession::run(const std::string& command, ExecStatusType expected,
                                    ExitCode code) const {
  PostgresResult result(pq().PQexec(connection_, command.c_str()), pq().PQclear);
  if (pq().PQresultStatus(result.get()) != expected) {
    fail_saying(code, "the database refuses", pq().PQerrorMessage(connection_));
  }
  return result;
}

std::string PostgresSession::quoted(std::string_view name) const {
  char* const text = pq().PQescapeIdentifier(connection_, name.data(), name.size());
  std::string copy = text == nullptr ? "" : text;
  pq().PQfreemem(text);
  return copy;
}

std::string PostgresSession::quoted_table(std::string_view name) const {
  std::string table;
  for (std::size_t begin = 0; begin < name.size();) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    if (begin > 0) {
      table += '.';
    }
    table += quoted(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return table;
}

}  // namespace tessera::io
