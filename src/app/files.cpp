#include "app/files.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <system_error>

#include "tessera/base/error.hpp"

namespace tessera::app {
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
