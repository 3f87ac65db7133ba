#include "app/header.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <set>

#include "commit.hpp"
#include "tessera/base/visible.hpp"
#include "tessera/comm/mpi_session.hpp"
#include "tessera/io/h5.hpp"
#include "tessera/report/document.hpp"
#include "tessera/simd/level.hpp"

namespace tessera::app {
namespace {

std::string working_directory() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::current_path(error);
  return error ? "?" : path.string();
}

// As a shell takes it back.
std::string quoted(const std::string& argument) {
  if (visible(argument) != argument) {
    std::string text = "$'";
    for (const char c : argument) {
      text += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
    return visible(text) + "'";
  }
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

// More than one where the nodes of a cluster differ.
std::string simd_levels(const comm::Communicator& comm) {
  std::string mine;
  comm.together([&] { mine = simd::to_string(simd::simd_level()); });
  const std::vector<std::string> all = comm.all_gather_strings(mine);
  return fmt::format("{}", fmt::join(std::set<std::string>(all.begin(), all.end()), " and "));
}

}  // namespace

std::string version_text() { return TESSERA_VERSION " (" TESSERA_BUILD_TYPE ")"; }

std::string build_text() {
  report::Lines lines(0, "  ");
  lines.line("commit", TESSERA_COMMIT)
      .line("compiler", TESSERA_COMPILER)
      .line("build type", TESSERA_BUILD_TYPE)
      .line("MPI", comm::mpi_library_linked())
      .line("HDF5", io::h5_library_version())
      .line("SIMD", fmt::format("{}, {} VNNI", simd::to_string(simd::simd_level()),
                                simd::has_vnni() ? "with" : "without"));
  return lines.to_text();
}

std::string run_header(const comm::Communicator& comm, const std::vector<std::string>& arguments,
                       std::uint64_t seed) {
  std::vector<std::string> words = {"tessera"};
  for (const std::string& argument : arguments) {
    words.push_back(quoted(argument));
  }
  const int nodes = comm.nodes();
  return visible_format(
      "Tessera {}, SIMD {}; {} rank{} on {} node{}; MPI: {}; HDF5 {}\n"
      "on {} in {}, seed {}\n"
      "{}",
      version_text(), simd_levels(comm), comm.size(), comm.size() == 1 ? "" : "s", nodes,
      nodes == 1 ? "" : "s", comm::mpi_library_version(), io::h5_library_version(),
      comm::host_name(), working_directory(), seed, fmt::join(words, " "));
}

}  // namespace tessera::app
