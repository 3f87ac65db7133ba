// What a query gives.
#include <algorithm>
#include <charconv>

#include "io/postgres/session.hpp"

namespace tessera::io {

PostgresReader::PostgresReader(const DatabaseAddress& address)
    : session_(std::make_unique<PostgresSession>(address, ExitCode::kNoInput)),
      table_(session_->quoted_table(address.table)),
      select_(address.table.empty() ? address.query : "SELECT * FROM " + table_) {
  (void)ask("SET datestyle TO ISO");
  (void)ask("SET timezone TO UTC");
  (void)ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

PostgresReader::~PostgresReader() = default;

std::vector<std::vector<std::string>> PostgresReader::ask(const std::string& query) {
  const bool asks = query.starts_with("SELECT");
  const PostgresResult result =
      session_->run(query, asks ? PGRES_TUPLES_OK : PGRES_COMMAND_OK, ExitCode::kNoInput);
  std::vector<std::vector<std::string>> rows;
  for (int row = 0; row < pq().PQntuples(result.get()); ++row) {
    std::vector<std::string>& cells = rows.emplace_back();
    for (int column = 0; column < pq().PQnfields(result.get()); ++column) {
      cells.emplace_back(pq().PQgetvalue(result.get(), row, column));
    }
  }
  return rows;
}

std::string PostgresReader::export_state() {
  return ask("SELECT pg_catalog.pg_export_snapshot()").at(0).at(0);
}

void PostgresReader::share_state(const std::string& name) {
  (void)ask("SET TRANSACTION SNAPSHOT '" + name + "'");
}

std::vector<PostgresReader::Column> PostgresReader::columns() {
  PGconn* const connection = session_->get();
  const PostgresResult prepared(pq().PQprepare(connection, "", select_.c_str(), 0, nullptr),
                                pq().PQclear);
  if (pq().PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) {
    session_->fail_saying(ExitCode::kNoInput, "the database refuses",
                          pq().PQresultErrorMessage(prepared.get()));
  }
  const PostgresResult described(pq().PQdescribePrepared(connection, ""), pq().PQclear);
  std::vector<Column> columns;
  for (int column = 0; column < pq().PQnfields(described.get()); ++column) {
    const auto type = ask("SELECT typcategory FROM pg_catalog.pg_type WHERE oid = " +
                          std::to_string(pq().PQftype(described.get(), column)));
    columns.push_back(
        {pq().PQfname(described.get(), column), type.empty() ? 'U' : type[0][0].at(0)});
  }
  if (columns.empty()) {
    session_->fail_saying(ExitCode::kNoInput, "no columns", "the query is no SELECT");
  }
  return columns;
}

std::uint64_t PostgresReader::blocks() {
  if (table_.empty()) {
    return 0;
  }
  char* const literal = pq().PQescapeLiteral(session_->get(), table_.data(), table_.size());
  const std::string name = literal == nullptr ? "''" : literal;
  pq().PQfreemem(literal);
  const auto rows =
      ask("SELECT pg_catalog.pg_relation_size(oid) / current_setting('block_size')::bigint "
          "FROM pg_catalog.pg_class WHERE oid = to_regclass(" +
          name + ") AND relkind IN ('r', 'm')");
  std::uint64_t blocks = 0;
  if (!rows.empty()) {
    const std::string& text = rows[0].at(0);
    std::from_chars(text.data(), text.data() + text.size(), blocks);
  }
  return blocks;
}

std::string PostgresReader::select_blocks(std::uint64_t first, std::uint64_t end) const {
  return fmt::format("{} WHERE ctid >= '({},0)'{}", select_, first,
                     end == 0 ? "" : fmt::format(" AND ctid < '({},0)'", end));
}

void PostgresReader::copy(const std::string& select, std::string_view missing,
                          const std::function<void(std::string_view)>& take) {
  PGconn* const connection = session_->get();
  const PostgresResult begun =
      session_->run(fmt::format("COPY ({}) TO STDOUT (FORMAT csv, NULL '{}')", select, missing),
                    PGRES_COPY_OUT, ExitCode::kNoInput);
  char* row = nullptr;
  int size = 0;
  while ((size = pq().PQgetCopyData(connection, &row, 0)) > 0) {
    const std::unique_ptr<char, decltype(&::PQfreemem)> kept(row, pq().PQfreemem);
    take({row, static_cast<std::size_t>(size)});
  }
  const PostgresResult ended(pq().PQgetResult(connection), pq().PQclear);
  if (size == -2 || pq().PQresultStatus(ended.get()) != PGRES_COMMAND_OK) {
    session_->fail_saying(ExitCode::kIo, "reading broke off", pq().PQerrorMessage(connection));
  }
  while (PGresult* const more = pq().PQgetResult(connection)) {
    pq().PQclear(more);
  }
}

}  // namespace tessera::io
