#include "io/postgres/libpq.hpp"

#include "io/shared_library.hpp"
#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

constexpr const char* kLibrary = "libpq.so.5";

[[noreturn]] void fail_to_load(const char* reason) {
  fail(ExitCode::kUnfit, "PostgreSQL needs its library {} (package libpq5): {}", kLibrary, reason);
}

Libpq load() {
  const SharedLibrary library(kLibrary, fail_to_load);
  Libpq loaded{};
  library.find("PQclear", loaded.PQclear);
  library.find("PQconnectdb", loaded.PQconnectdb);
  library.find("PQconninfoFree", loaded.PQconninfoFree);
  library.find("PQconninfoParse", loaded.PQconninfoParse);
  library.find("PQdescribePrepared", loaded.PQdescribePrepared);
  library.find("PQerrorMessage", loaded.PQerrorMessage);
  library.find("PQescapeIdentifier", loaded.PQescapeIdentifier);
  library.find("PQescapeLiteral", loaded.PQescapeLiteral);
  library.find("PQexec", loaded.PQexec);
  library.find("PQfinish", loaded.PQfinish);
  library.find("PQfname", loaded.PQfname);
  library.find("PQfreemem", loaded.PQfreemem);
  library.find("PQftype", loaded.PQftype);
  library.find("PQgetCopyData", loaded.PQgetCopyData);
  library.find("PQgetResult", loaded.PQgetResult);
  library.find("PQgetvalue", loaded.PQgetvalue);
  library.find("PQnfields", loaded.PQnfields);
  library.find("PQntuples", loaded.PQntuples);
  library.find("PQprepare", loaded.PQprepare);
  library.find("PQputCopyData", loaded.PQputCopyData);
  library.find("PQputCopyEnd", loaded.PQputCopyEnd);
  library.find("PQresultErrorMessage", loaded.PQresultErrorMessage);
  library.find("PQresultStatus", loaded.PQresultStatus);
  library.find("PQsetClientEncoding", loaded.PQsetClientEncoding);
  library.find("PQsetNoticeProcessor", loaded.PQsetNoticeProcessor);
  library.find("PQstatus", loaded.PQstatus);
  return loaded;
}

}  // namespace

const Libpq& pq() {
  static const Libpq loaded = load();
  return loaded;
}

}  // namespace tessera::io
