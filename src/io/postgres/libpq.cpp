#include "io/postgres/libpq.hpp"

#include <dlfcn.h>

#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

constexpr const char* kLibrary = "libpq.so.5";

[[noreturn]] void fail_to_load() {
  const char* const reason = dlerror();
  fail(ExitCode::kUnfit, "PostgreSQL needs its library {} (package libpq5): {}", kLibrary,
       reason == nullptr ? "it lacks a function" : reason);
}

template <typename Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) {
    fail_to_load();
  }
}

Libpq load() {
  void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);  // for as long as the job runs
  if (library == nullptr) {
    fail_to_load();
  }
  Libpq loaded{};
  find(library, "PQclear", loaded.PQclear);
  find(library, "PQconnectdb", loaded.PQconnectdb);
  find(library, "PQconninfoFree", loaded.PQconninfoFree);
  find(library, "PQconninfoParse", loaded.PQconninfoParse);
  find(library, "PQdescribePrepared", loaded.PQdescribePrepared);
  find(library, "PQerrorMessage", loaded.PQerrorMessage);
  find(library, "PQescapeIdentifier", loaded.PQescapeIdentifier);
  find(library, "PQescapeLiteral", loaded.PQescapeLiteral);
  find(library, "PQexec", loaded.PQexec);
  find(library, "PQfinish", loaded.PQfinish);
  find(library, "PQfname", loaded.PQfname);
  find(library, "PQfreemem", loaded.PQfreemem);
  find(library, "PQftype", loaded.PQftype);
  find(library, "PQgetCopyData", loaded.PQgetCopyData);
  find(library, "PQgetResult", loaded.PQgetResult);
  find(library, "PQgetvalue", loaded.PQgetvalue);
  find(library, "PQnfields", loaded.PQnfields);
  find(library, "PQntuples", loaded.PQntuples);
  find(library, "PQprepare", loaded.PQprepare);
  find(library, "PQputCopyData", loaded.PQputCopyData);
  find(library, "PQputCopyEnd", loaded.PQputCopyEnd);
  find(library, "PQresultErrorMessage", loaded.PQresultErrorMessage);
  find(library, "PQresultStatus", loaded.PQresultStatus);
  find(library, "PQsetClientEncoding", loaded.PQsetClientEncoding);
  find(library, "PQsetNoticeProcessor", loaded.PQsetNoticeProcessor);
  find(library, "PQstatus", loaded.PQstatus);
  return loaded;
}

}  // namespace

const Libpq& pq() {
  static const Libpq loaded = load();
  return loaded;
}

}  // namespace tessera::io
