#include "tessera/app/lists.hpp"

#include <filesystem>
#include <system_error>

#include "tessera/base/error.hpp"
#include "tessera/table/table.hpp"

namespace tessera::app {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::vector<std::string> split_names(const std::string& list) {
  std::vector<std::string> names;
  std::string name;
  bool quoted = false;
  bool was_quoted = false;
  const auto finish = [&] {
    name = was_quoted ? name : trimmed(name);
    if (!name.empty()) {
      names.push_back(name);
    }
    name.clear();
    was_quoted = false;
  };
  for (const char c : list) {
    if (c == '"' && (quoted || trimmed(name).empty())) {
      if (!quoted) {
        name.clear();
      }
      quoted = !quoted;
      was_quoted = true;
    } else if (c == ',' && !quoted) {
      finish();
    } else if (quoted || !was_quoted) {
      name += c;
    }
  }
  finish();
  return names;
}

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
