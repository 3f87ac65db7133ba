#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "tessera/base/error.hpp"
#include "tessera/io/bytes.hpp"
#include "tessera/io/postgres.hpp"
#include "tessera/io/remote.hpp"
#include "tessera/table/source.hpp"

namespace tessera::table {
namespace {

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

// What matches a pattern, sorted by bytes whatever the locale.
void add_matches(const std::string& pattern, std::vector<std::string>& paths) {
  if (exists(pattern) || pattern.find_first_of("*?[") == std::string::npos) {
    paths.push_back(pattern);
    return;
  }
  glob_t matches{};
  const int result = glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches);
  std::vector<std::string> found(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  globfree(&matches);
  if (result != 0 && result != GLOB_NOMATCH) {
    fail(ExitCode::kNoInput, "cannot look for files that match {}", pattern);
  }
  if (found.empty()) {
    fail(ExitCode::kNoInput, "no file matches {}", pattern);
  }
  std::ranges::sort(found);
  paths.insert(paths.end(), found.begin(), found.end());
}

}  // namespace

std::vector<std::string> list_inputs(const std::string& input) {
  std::vector<std::string> paths;
  if (exists(input) || io::is_database(input)) {
    return {input};
  }
  for (std::size_t at = 0; at <= input.size();) {
    std::size_t comma = std::min(input.find(',', at), input.size());
    if (io::is_remote(std::string_view(input).substr(at))) {  // it may hold commas, and `?`
      while (comma < input.size() && !io::is_remote(std::string_view(input).substr(comma + 1))) {
        comma = std::min(input.find(',', comma + 1), input.size());
      }
      paths.push_back(input.substr(at, comma - at));
    } else if (comma > at) {
      add_matches(input.substr(at, comma - at), paths);
    }
    at = comma + 1;
  }
  if (paths.empty()) {
    paths.push_back(input);
  }
  if (paths.size() > 1 && std::ranges::any_of(paths, io::is_standard_input)) {
    fail(ExitCode::kUsage, "standard input is one of several inputs; give it alone, or save it");
  }
  return paths;
}

std::vector<std::string> expand_inputs(const comm::Communicator& comm, const std::string& input) {
  std::string packed;
  comm.together([&] {
    if (comm.is_root()) {
      for (const std::string& path : list_inputs(input)) {
        packed.append(path).push_back('\0');
      }
    }
  });
  packed = comm.broadcast(std::move(packed), 0);
  std::vector<std::string> paths;
  for (std::size_t at = 0; at < packed.size(); at = packed.find('\0', at) + 1) {
    paths.push_back(packed.substr(at, packed.find('\0', at) - at));
  }
  return paths;
}

}  // namespace tessera::table
