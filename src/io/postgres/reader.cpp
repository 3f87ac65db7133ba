// What a query gives.
#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "tessera/base/error.hpp"
#include "tessera/io/postgres.hpp"

namespace tessera::io {
namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

}  // namespace

struct PostgresReader::State {
  explicit State(const std::string& address) : connection(PQconnectdb(address.c_str())) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { PQfinish(connection); }

  [[nodiscard]] Result run(const std::string& command) const {
    return {PQexec(connection, command.c_str()), PQclear};
  }
  [[nodiscard]] std::string quoted(std::string_view name) const {
    char* const text = PQescapeIdentifier(connection, name.data(), name.size());
    std::string copy = text == nullptr ? "" : text;
    PQfreemem(text);
    return copy;
  }

  PGconn* connection;
};

void PostgresReader::fail_saying(const std::string& what, std::string_view reason) const {
  // "ERROR:  relation "x" does not exist\nLINE 1: ..."
  std::string_view first = reason.substr(0, reason.find('\n'));
  if (const std::size_t begin = first.find("ERROR:"); begin != std::string_view::npos) {
    first.remove_prefix(begin + std::string_view("ERROR:").size());
  }
  first.remove_prefix(std::min(first.find_first_not_of(' '), first.size()));
  fail(ExitCode::kNoInput, "{}: {}: {}", shown_, what, first);
}

PostgresReader::PostgresReader(const DatabaseAddress& address)
    : shown_(address.shown), state_(std::make_unique<State>(address.connection)) {
  PGconn* const connection = state_->connection;
  if (PQstatus(connection) != CONNECTION_OK) {
    fail_saying("cannot connect", PQerrorMessage(connection));
  }
  // what the server notices is not the job's
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  PQsetClientEncoding(connection, "UTF8");
  (void)ask("SET datestyle TO ISO");
  (void)ask("SET timezone TO UTC");
  (void)ask("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  for (std::size_t begin = 0; begin < address.table.size();) {
    const std::size_t end = std::min(address.table.find('.', begin), address.table.size());
    if (begin > 0) {
      table_ += '.';
    }
    table_ += state_->quoted(address.table.substr(begin, end - begin));
    begin = end + 1;
  }
  select_ = address.table.empty() ? address.query : "SELECT * FROM " + table_;
}

PostgresReader::~PostgresReader() = default;

std::vector<std::vector<std::string>> PostgresReader::ask(const std::string& query) {
  const Result result = state_->run(query);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    fail_saying("the database refuses", PQresultErrorMessage(result.get()));
  }
  std::vector<std::vector<std::string>> rows;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    std::vector<std::string>& cells = rows.emplace_back();
    for (int column = 0; column < PQnfields(result.get()); ++column) {
      cells.emplace_back(PQgetvalue(result.get(), row, column));
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
  PGconn* const connection = state_->connection;
  const Result prepared(PQprepare(connection, "", select_.c_str(), 0, nullptr), PQclear);
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) {
    fail_saying("the database refuses", PQresultErrorMessage(prepared.get()));
  }
  const Result described(PQdescribePrepared(connection, ""), PQclear);
  std::vector<Column> columns;
  for (int column = 0; column < PQnfields(described.get()); ++column) {
    const auto type = ask("SELECT typcategory FROM pg_catalog.pg_type WHERE oid = " +
                          std::to_string(PQftype(described.get(), column)));
    columns.push_back({PQfname(described.get(), column), type.empty() ? 'U' : type[0][0].at(0)});
  }
  if (columns.empty()) {
    fail_saying("no columns", "the query is no SELECT");
  }
  return columns;
}

std::uint64_t PostgresReader::blocks() {
  if (table_.empty()) {
    return 0;
  }
  char* const literal = PQescapeLiteral(state_->connection, table_.data(), table_.size());
  const std::string name = literal == nullptr ? "''" : literal;
  PQfreemem(literal);
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
  PGconn* const connection = state_->connection;
  const Result begun =
      state_->run(fmt::format("COPY ({}) TO STDOUT (FORMAT csv, NULL '{}')", select, missing));
  if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) {
    fail_saying("the database refuses", PQresultErrorMessage(begun.get()));
  }
  char* row = nullptr;
  int size = 0;
  while ((size = PQgetCopyData(connection, &row, 0)) > 0) {
    const std::unique_ptr<char, decltype(&PQfreemem)> kept(row, PQfreemem);
    take({row, static_cast<std::size_t>(size)});
  }
  const Result ended(PQgetResult(connection), PQclear);
  if (size == -2 || PQresultStatus(ended.get()) != PGRES_COMMAND_OK) {
    fail(ExitCode::kIo, "{}: reading broke off: {}", shown_,
         std::string_view(PQerrorMessage(connection)).substr(0, 300));
  }
  while (PGresult* const more = PQgetResult(connection)) {
    PQclear(more);
  }
}

}  // namespace tessera::io
