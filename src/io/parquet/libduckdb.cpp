#include "io/parquet/libduckdb.hpp"

#include <cstdlib>

#include "io/shared_library.hpp"
#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

constexpr const char* kVariable = "TESSERA_DUCKDB";
constexpr const char* kLibrary = "libduckdb.so";

Duckdb load(const std::string& path) {
  const char* const stated = std::getenv(kVariable);
  const std::string name = stated == nullptr || *stated == '\0' ? kLibrary : stated;
  const SharedLibrary library(name.c_str(), [&](const char* reason) {
    fail(ExitCode::kUnfit,
         "{} is Parquet, which DuckDB's C library reads, and {} cannot be loaded ({}); name its "
         "place in {}, or convert the file: duckdb -c \"COPY (FROM '{}') TO 'customers.csv'\"",
         path, name, reason, kVariable, path);
  });
  Duckdb loaded{};
  library.find("duckdb_open", loaded.duckdb_open);
  library.find("duckdb_close", loaded.duckdb_close);
  library.find("duckdb_connect", loaded.duckdb_connect);
  library.find("duckdb_disconnect", loaded.duckdb_disconnect);
  library.find("duckdb_query", loaded.duckdb_query);
  library.find("duckdb_destroy_result", loaded.duckdb_destroy_result);
  library.find("duckdb_result_error", loaded.duckdb_result_error);
  library.find("duckdb_column_count", loaded.duckdb_column_count);
  library.find("duckdb_fetch_chunk", loaded.duckdb_fetch_chunk);
  library.find("duckdb_destroy_data_chunk", loaded.duckdb_destroy_data_chunk);
  library.find("duckdb_data_chunk_get_size", loaded.duckdb_data_chunk_get_size);
  library.find("duckdb_data_chunk_get_vector", loaded.duckdb_data_chunk_get_vector);
  library.find("duckdb_vector_get_data", loaded.duckdb_vector_get_data);
  library.find("duckdb_vector_get_validity", loaded.duckdb_vector_get_validity);
  return loaded;
}

}  // namespace

const Duckdb& duckdb(const std::string& path) {
  static const Duckdb loaded = load(path);
  return loaded;
}

}  // namespace tessera::io
