/// \file
/// PostgreSQL: reading what a query gives, in parts that belong to one state of the database.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::io {

/// `postgresql://user@host:port/database?table=schema.table`, to write with or without
/// `&merge=column`, or `...?query=SELECT ...`; with further parameters of libpq between them
/// (`&sslmode=require`).
struct DatabaseAddress {
  std::string connection;  ///< for libpq
  std::string table;       ///< as it stands there: "sales.customers"; empty with a query
  std::string query;
  std::string merge;  ///< of a table to write: the column that its rows are known by, or nothing
  std::string shown;  ///< for messages

  /// Throws kUsage about `field`: neither table nor query or both, an address that libpq does not
  /// take, or one with a password, which would come to stand in logs and models.
  [[nodiscard]] static DatabaseAddress of(const std::string& text, std::string_view field);
};
/// True of what begins as such an address does.
[[nodiscard]] bool is_database(std::string_view input);

class PostgresSession;

/// A connection with one transaction, which only reads and sees one state of the database.
class PostgresReader {
 public:
  struct Column {
    std::string name;
    char category = 'U';  ///< typcategory of its type: S of strings, N of numbers, D of dates, ...
  };

  /// Throws kNoInput naming the address and what the server said.
  explicit PostgresReader(const DatabaseAddress& address);
  PostgresReader(const PostgresReader&) = delete;
  PostgresReader& operator=(const PostgresReader&) = delete;
  ~PostgresReader();

  /// A name by which other connections can share this one's state, while this lives.
  [[nodiscard]] std::string export_state();
  /// Before anything is read.
  void share_state(const std::string& name);

  /// What the address asks for, as a SELECT.
  [[nodiscard]] const std::string& select() const { return select_; }
  [[nodiscard]] std::vector<Column> columns();
  /// Blocks of the table, if it is one whose rows can be found by block; else 0.
  [[nodiscard]] std::uint64_t blocks();
  /// Of the table: the SELECT of the rows in blocks [first, end); without an end if that is 0.
  [[nodiscard]] std::string select_blocks(std::uint64_t first, std::uint64_t end) const;

  /// The rows as RFC 4180, missing values as `missing` without quotes, piece by piece.
  void copy(const std::string& select, std::string_view missing,
            const std::function<void(std::string_view)>& take);

 private:
  std::vector<std::vector<std::string>> ask(const std::string& query);

  std::unique_ptr<PostgresSession> session_;
  std::string table_;  // quoted
  std::string select_;
};

}  // namespace tessera::io
