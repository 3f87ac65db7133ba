#include "io/remote/libcurl.hpp"

#include "io/shared_library.hpp"
#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

[[noreturn]] void fail_to_load(const char* reason) {
  fail(ExitCode::kUnfit, "https:// and s3:// need the library {} (package libcurl4): {}", kLibrary,
       reason);
}

Libcurl load() {
  const SharedLibrary library(kLibrary, fail_to_load);
  Libcurl loaded{};
  library.find("curl_easy_cleanup", loaded.curl_easy_cleanup);
  library.find("curl_easy_getinfo", loaded.curl_easy_getinfo);
  library.find("curl_easy_init", loaded.curl_easy_init);
  library.find("curl_easy_perform", loaded.curl_easy_perform);
  library.find("curl_easy_setopt", loaded.curl_easy_setopt);
  library.find("curl_easy_strerror", loaded.curl_easy_strerror);
  library.find("curl_global_init", loaded.curl_global_init);
  library.find("curl_slist_append", loaded.curl_slist_append);
  library.find("curl_slist_free_all", loaded.curl_slist_free_all);
  if (loaded.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    fail(ExitCode::kUnfit, "libcurl does not start");
  }
  return loaded;
}

}  // namespace

const Libcurl& curl() {
  static const Libcurl loaded = load();
  return loaded;
}

}  // namespace tessera::io
