/// \file
/// DuckDB's C library, which reads Parquet: loaded when a Parquet file is named, since no
/// distribution has it. Private to src/io/parquet.
///
/// Its functions and structures as https://duckdb.org/docs/stable/clients/c/api describes them,
/// from version 1.0 on; no header of it is needed to build.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace tessera::io {

struct DuckdbResult {
  std::uint64_t deprecated_counts[3];
  void* deprecated_columns;
  char* deprecated_message;
  void* internal;
};

/// A text: up to 12 bytes stand in it, of longer ones a pointer.
struct DuckdbText {
  std::uint32_t size;
  char first[4];
  union {
    char others[8];
    const char* all;
  };
};

struct Duckdb {
  // NOLINTBEGIN(readability-identifier-naming)
  int (*duckdb_open)(const char* path, void** database);
  void (*duckdb_close)(void** database);
  int (*duckdb_connect)(void* database, void** connection);
  void (*duckdb_disconnect)(void** connection);
  int (*duckdb_query)(void* connection, const char* query, DuckdbResult* result);
  void (*duckdb_destroy_result)(DuckdbResult* result);
  const char* (*duckdb_result_error)(DuckdbResult* result);
  std::uint64_t (*duckdb_column_count)(DuckdbResult* result);
  void* (*duckdb_fetch_chunk)(DuckdbResult result);
  void (*duckdb_destroy_data_chunk)(void** chunk);
  std::uint64_t (*duckdb_data_chunk_get_size)(void* chunk);
  void* (*duckdb_data_chunk_get_vector)(void* chunk, std::uint64_t column);
  void* (*duckdb_vector_get_data)(void* vector);
  std::uint64_t* (*duckdb_vector_get_validity)(void* vector);
  // NOLINTEND(readability-identifier-naming)
};

/// Throws kUnfit about the file called `path`, saying how else it can be read, if the library is
/// not there: neither under the name that TESSERA_DUCKDB gives, nor where the loader looks.
[[nodiscard]] const Duckdb& duckdb(const std::string& path);

}  // namespace tessera::io
