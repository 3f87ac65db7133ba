// The rows of a table, in one transaction.
#include "io/postgres/session.hpp"
#include "tessera/io/postgres_writer.hpp"

namespace tessera::io {
namespace {

/// "a, b", each behind `before`.
std::string listed(const std::vector<std::string>& names, std::string_view before = "") {
  std::string list;
  for (const std::string& name : names) {
    list.append(list.empty() ? "" : ", ").append(before).append(name);
  }
  return list;
}

constexpr ExitCode kBefore = ExitCode::kCannotCreate;
constexpr ExitCode kThen = ExitCode::kIo;

}  // namespace

struct PostgresWriter::State {
  explicit State(const DatabaseAddress& address) : session(address, kBefore) {}

  PostgresSession session;
  std::string table;
  std::string key;  // that rows are merged by, or nothing
  std::vector<std::string> names;
};

PostgresWriter::PostgresWriter(const DatabaseAddress& address, const std::vector<Column>& columns)
    : state_(std::make_unique<State>(address)) {
  const PostgresSession& session = state_->session;
  state_->table = session.quoted_table(address.table);
  std::string definitions;
  for (const Column& column : columns) {
    state_->names.push_back(session.quoted(column.name));
    definitions.append(definitions.empty() ? "" : ", ")
        .append(state_->names.back() + " " + column.type);
    if (column.name == address.merge) {
      state_->key = state_->names.back();
    }
  }
  if (state_->key.empty() && !address.merge.empty()) {
    session.fail_saying(ExitCode::kUsage, "cannot merge",
                        "what is written has no column " + address.merge);
  }
  (void)session.run("BEGIN", kBefore);
  (void)session.run("CREATE TABLE IF NOT EXISTS " + state_->table + " (" + definitions + ")",
                    kBefore);
  // two nights at once come one after the other; who reads may go on reading
  (void)session.run("LOCK TABLE " + state_->table + " IN SHARE ROW EXCLUSIVE MODE", kBefore);
  std::string target = state_->table;
  const std::string list = listed(state_->names);
  if (state_->key.empty()) {
    (void)session.run("DELETE FROM " + state_->table, kBefore);
  } else {
    target = "tessera_merged";
    (void)session.run("CREATE TEMPORARY TABLE tessera_merged ON COMMIT DROP AS SELECT " + list +
                          " FROM " + state_->table + " WITH NO DATA",
                      kBefore);
  }
  (void)session.run("COPY " + target + " (" + list + ") FROM STDIN (FORMAT csv)", PGRES_COPY_IN,
                    kBefore);
}

PostgresWriter::~PostgresWriter() = default;

void PostgresWriter::put(std::string_view rows) {
  constexpr std::size_t kAtOnce = std::size_t{1} << 24U;
  for (; !rows.empty(); rows.remove_prefix(std::min(rows.size(), kAtOnce))) {
    const std::string_view some = rows.substr(0, kAtOnce);
    if (pq().PQputCopyData(state_->session.get(), some.data(), static_cast<int>(some.size())) !=
        1) {
      state_->session.fail_saying(kThen, "writing broke off",
                                  pq().PQerrorMessage(state_->session.get()));
    }
  }
}

void PostgresWriter::finish() {
  const PostgresSession& session = state_->session;
  if (pq().PQputCopyEnd(session.get(), nullptr) != 1) {
    session.fail_saying(kThen, "writing broke off", pq().PQerrorMessage(session.get()));
  }
  while (PGresult* const result = pq().PQgetResult(session.get())) {
    const PostgresResult ended(result, pq().PQclear);
    if (pq().PQresultStatus(result) != PGRES_COMMAND_OK) {
      session.fail_saying(kThen, "the database refuses the rows",
                          pq().PQresultErrorMessage(result));
    }
  }
  if (state_->key.empty()) {
    return;
  }
  const std::string same = "present." + state_->key + " = written." + state_->key;
  const std::string list = listed(state_->names);
  const std::string written = listed(state_->names, "written.");
  (void)session.run("UPDATE " + state_->table + " AS present SET (" + list + ") = ROW(" + written +
                        ") FROM tessera_merged AS written WHERE " + same + " AND ROW(" +
                        listed(state_->names, "present.") + ") IS DISTINCT FROM ROW(" + written +
                        ")",
                    kThen);
  (void)session.run("INSERT INTO " + state_->table + " (" + list + ") SELECT " + list +
                        " FROM tessera_merged AS written WHERE NOT EXISTS (SELECT FROM " +
                        state_->table + " AS present WHERE " + same + ")",
                    kThen);
}

void PostgresWriter::commit() { (void)state_->session.run("COMMIT", kThen); }

}  // namespace tessera::io
