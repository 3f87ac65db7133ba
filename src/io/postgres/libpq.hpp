/// \file
/// PostgreSQL's own library, loaded when a database is spoken to: it brings a dozen others, which
/// all other jobs would load in vain. Private to src/io/postgres.
#pragma once

#include <libpq-fe.h>

namespace tessera::io {

/// Its functions, under their own names.
struct Libpq {
  // NOLINTBEGIN(readability-identifier-naming)
  decltype(&::PQclear) PQclear;
  decltype(&::PQconnectdb) PQconnectdb;
  decltype(&::PQconninfoFree) PQconninfoFree;
  decltype(&::PQconninfoParse) PQconninfoParse;
  decltype(&::PQdescribePrepared) PQdescribePrepared;
  decltype(&::PQerrorMessage) PQerrorMessage;
  decltype(&::PQescapeIdentifier) PQescapeIdentifier;
  decltype(&::PQescapeLiteral) PQescapeLiteral;
  decltype(&::PQexec) PQexec;
  decltype(&::PQfinish) PQfinish;
  decltype(&::PQfname) PQfname;
  decltype(&::PQfreemem) PQfreemem;
  decltype(&::PQftype) PQftype;
  decltype(&::PQgetCopyData) PQgetCopyData;
  decltype(&::PQgetResult) PQgetResult;
  decltype(&::PQgetvalue) PQgetvalue;
  decltype(&::PQnfields) PQnfields;
  decltype(&::PQntuples) PQntuples;
  decltype(&::PQprepare) PQprepare;
  decltype(&::PQputCopyData) PQputCopyData;
  decltype(&::PQputCopyEnd) PQputCopyEnd;
  decltype(&::PQresultErrorMessage) PQresultErrorMessage;
  decltype(&::PQresultStatus) PQresultStatus;
  decltype(&::PQsetClientEncoding) PQsetClientEncoding;
  decltype(&::PQsetNoticeProcessor) PQsetNoticeProcessor;
  decltype(&::PQstatus) PQstatus;
  // NOLINTEND(readability-identifier-naming)
};

/// Throws kUnfit if it is not installed.
[[nodiscard]] const Libpq& pq();

}  // namespace tessera::io
