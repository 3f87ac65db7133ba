#include "io/remote/libcurl.hpp"

#include <dlfcn.h>

#include "tessera/base/error.hpp"

namespace tessera::io {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

[[noreturn]] void fail_to_load() {
  const char* const reason = dlerror();
  fail(ExitCode::kUnfit, "https:// and s3:// need the library {} (package libcurl4): {}", kLibrary,
       reason == nullptr ? "it lacks a function" : reason);
}

Libcurl load() {
  void* const library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);  // for as long as the job runs
  if (library == nullptr) {
    fail_to_load();
  }
  const auto find = [&]<typename Function>(const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    if (function == nullptr) {
      fail_to_load();
    }
  };
  Libcurl loaded{};
  find("curl_easy_cleanup", loaded.curl_easy_cleanup);
  find("curl_easy_getinfo", loaded.curl_easy_getinfo);
  find("curl_easy_init", loaded.curl_easy_init);
  find("curl_easy_perform", loaded.curl_easy_perform);
  find("curl_easy_setopt", loaded.curl_easy_setopt);
  find("curl_easy_strerror", loaded.curl_easy_strerror);
  find("curl_global_init", loaded.curl_global_init);
  find("curl_slist_append", loaded.curl_slist_append);
  find("curl_slist_free_all", loaded.curl_slist_free_all);
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
