#include "io/parquet/libduckdb.hpp"

#include <dlfcn.h>

#include <cstdlib>

#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

constexpr const char* kVariable = "TESSERA_DUCKDB";
constexpr const char* kLibrary = "libduckdb.so";

[[noreturn]] void fail_to_load(const std::string& path, const std::string& library,
                               const char* reason) {
  fail(ExitCode::kUnfit,
       "{} is Parquet, which DuckDB's C library reads, and {} cannot be loaded ({}); name its "
       "place in {}, or convert the file: duckdb -c \"COPY (FROM '{}') TO 'customers.csv'\"",
       path, library, reason == nullptr ? "it lacks a function" : reason, kVariable, path);
}

Duckdb load(const std::string& path) {
  const char* const stated = std::getenv(kVariable);
  const std::string name = stated == nullptr || *stated == '\0' ? kLibrary : stated;
  void* const library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);  // for as long as the job runs
  if (library == nullptr) {
    fail_to_load(path, name, dlerror());
  }
  const auto find = [&]<typename Function>(const char* function, Function& to) {
    to = reinterpret_cast<Function>(dlsym(library, function));
    if (to == nullptr) {
      fail_to_load(path, name, dlerror());
    }
  };
  Duckdb loaded{};
  find("duckdb_open", loaded.duckdb_open);
  find("duckdb_close", loaded.duckdb_close);
  find("duckdb_connect", loaded.duckdb_connect);
  find("duckdb_disconnect", loaded.duckdb_disconnect);
  find("duckdb_query", loaded.duckdb_query);
  find("duckdb_destroy_result", loaded.duckdb_destroy_result);
  find("duckdb_result_error", loaded.duckdb_result_error);
  find("duckdb_column_count", loaded.duckdb_column_count);
  find("duckdb_fetch_chunk", loaded.duckdb_fetch_chunk);
  find("duckdb_destroy_data_chunk", loaded.duckdb_destroy_data_chunk);
  find("duckdb_data_chunk_get_size", loaded.duckdb_data_chunk_get_size);
  find("duckdb_data_chunk_get_vector", loaded.duckdb_data_chunk_get_vector);
  find("duckdb_vector_get_data", loaded.duckdb_vector_get_data);
  find("duckdb_vector_get_validity", loaded.duckdb_vector_get_validity);
  return loaded;
}

}  // namespace

const Duckdb& duckdb(const std::string& path) {
  static const Duckdb loaded = load(path);
  return loaded;
}

}  // namespace tessera::io
