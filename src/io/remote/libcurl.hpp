/// \file
/// libcurl, loaded when a file of a server is named: it brings two dozen other libraries. Private
/// to src/io/remote.
#pragma once

#include <curl/curl.h>

// they check types by way of the functions that are loaded here
#undef curl_easy_setopt
#undef curl_easy_getinfo

namespace tessera::io {

/// Its functions, under their own names.
struct Libcurl {
  // NOLINTBEGIN(readability-identifier-naming)
  decltype(&::curl_easy_cleanup) curl_easy_cleanup;
  decltype(&::curl_easy_getinfo) curl_easy_getinfo;
  decltype(&::curl_easy_init) curl_easy_init;
  decltype(&::curl_easy_perform) curl_easy_perform;
  decltype(&::curl_easy_setopt) curl_easy_setopt;
  decltype(&::curl_easy_strerror) curl_easy_strerror;
  decltype(&::curl_global_init) curl_global_init;
  decltype(&::curl_slist_append) curl_slist_append;
  decltype(&::curl_slist_free_all) curl_slist_free_all;
  // NOLINTEND(readability-identifier-naming)
};

/// Throws kUnfit if it is not installed.
[[nodiscard]] const Libcurl& curl();

}  // namespace tessera::io
