#include "table/pseudonyms/key.hpp"

#include <string>

#include "tessera/base/error.hpp"
#include "tessera/io/file.hpp"

namespace tessera::table {
namespace {

constexpr std::size_t kMostKeyBytes = 4096;

std::string key_in(const std::string& path) {
  const io::InputFile file(path);
  if (file.size() > kMostKeyBytes) {
    fail_about("pseudonymise", ExitCode::kUsage,
               "pseudonymise: {} has {} bytes, more than the {} that a key may have", path,
               file.size(), kMostKeyBytes);
  }
  std::string key(file.size(), '\0');
  (void)file.read_at(0, key);
  if (key.ends_with('\n')) {
    key.pop_back();
  }
  if (key.ends_with('\r')) {
    key.pop_back();
  }
  if (key.size() < Pseudonyms::kLeastKeyBytes) {
    fail_about("pseudonymise", ExitCode::kUsage,
               "pseudonymise: the key in {} has {} bytes, and can be guessed; make one of {} or "
               "more, as by: openssl rand -hex 32 >{}",
               path, key.size(), Pseudonyms::kLeastKeyBytes, path);
  }
  return key;
}

}  // namespace

Pseudonyms read_key(const comm::Communicator& comm, const ReadOptions& options) {
  if (options.ids.empty()) {
    fail_about("pseudonymise", ExitCode::kUsage,
               "pseudonymise: the values of which column? name the customers' ids");
  }
  std::string key;
  comm.together([&] {
    if (comm.is_root()) {
      key = key_in(options.pseudonymise);
    }
  });
  return Pseudonyms(comm.broadcast(std::move(key), 0));
}

}  // namespace tessera::table
