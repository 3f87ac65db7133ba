#include "tessera/app/lists.hpp"

#include <filesystem>
#include <system_error>

#include "tessera/base/error.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
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

void refuse_same_file(const std::string& input, const std::string& output,
                      const std::string& name) {
  if (is_same_file(input, output)) {
    fail(ExitCode::kUsage, "--{} {} is the input itself; give another name", name, output);
  }
}

void require(const std::string& name, const std::string& value) {
  if (value.empty()) {
    fail(ExitCode::kUsage, "--{} is missing", name);
  }
}

}  // namespace tessera::app
