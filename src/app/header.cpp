#include "tessera/app/header.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "tessera/comm/mpi_session.hpp"

namespace tessera::app {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "?";
}

std::string working_directory() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::current_path(error);
  return error ? "?" : path.string();
}

// As a shell takes it back.
std::string quoted(const std::string& argument) {
  if (!argument.empty() &&
      argument.find_first_of(" \t\n\"'\\$`*?[]{}()<>|&;#!~") == std::string::npos) {
    return argument;
  }
  std::string text = "'";
  for (const char c : argument) {
    text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return text + "'";
}

}  // namespace

std::string version_text() { return TESSERA_VERSION " (" TESSERA_BUILD_TYPE ")"; }

std::string run_header(const comm::Communicator& comm, const std::vector<std::string>& arguments,
                       std::uint64_t seed) {
  std::vector<std::string> words = {"tessera"};
  for (const std::string& argument : arguments) {
    words.push_back(quoted(argument));
  }
  return fmt::format(
      "Tessera {}, {} rank{} on {} node{}, MPI {}\n"
      "host {}, folder {}\n"
      "{}\n"
      "seed {}",
      version_text(), comm.size(), comm.size() == 1 ? "" : "s", comm.nodes(),
      comm.nodes() == 1 ? "" : "s", comm::mpi_library_version(), host_name(), working_directory(),
      fmt::join(words, " "), seed);
}

}  // namespace tessera::app
