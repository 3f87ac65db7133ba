#include "app/files.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "tessera/base/error.hpp"
#include "tessera/table/source.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

/// The files of an input. What cannot be found is left to who opens it.
std::vector<std::string> files_of(const std::string& input) {
  try {
    return table::list_inputs(input);
  } catch (const Error&) {
    return {input};
  }
}

}  // namespace

bool is_same_file(const std::string& one, const std::string& other) {
  const std::string first = table::split_path(one).file;
  const std::string second = table::split_path(other).file;
  std::error_code error;
  if (std::filesystem::equivalent(first, second, error)) {
    return true;
  }
  // what does not exist yet is known by its place alone
  const auto place_of = [&](const std::string& file) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(file, error), error);
  };
  const auto place = place_of(first);
  return !error && place == place_of(second) && !error;
}

bool is_one_of(const std::string& input, const std::string& file) {
  return std::ranges::any_of(files_of(input),
                             [&](const std::string& one) { return is_same_file(one, file); });
}

void refuse_same_file(const std::string& input, const std::string& output, std::string_view field,
                      std::string_view what) {
  if (is_one_of(input, output)) {
    fail_about(field, ExitCode::kUsage, "{} {} is the {} itself; give another name", field, output,
               what);
  }
}

std::uint64_t file_bytes(const comm::Communicator& comm, const std::string& path) {
  std::uint64_t bytes = 0;
  comm.together([&] {
    std::error_code error;
    if (comm.is_root()) {
      bytes = std::filesystem::file_size(path, error);
    }
    if (error) {
      fail(ExitCode::kIo, "{}: cannot be looked at: {}", path, error.message());
    }
  });
  comm.broadcast(std::span<std::uint64_t>(&bytes, 1), 0);
  return bytes;
}

void require(std::string_view field, const std::string& value) {
  if (value.empty()) {
    fail_about(field, ExitCode::kUsage, "{} is missing", field);
  }
}

}  // namespace tessera::app
