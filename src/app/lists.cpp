#include "tessera/app/lists.hpp"

#include <filesystem>
#include <system_error>

#include "tessera/base/error.hpp"

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

void refuse_same_file(const std::string& input, const std::string& output) {
  std::string file = input;
  if (const auto part = file.find(".h5:"); part != std::string::npos) {
    file.resize(part + 3);
  }
  std::error_code ignored;
  if (std::filesystem::equivalent(file, output, ignored)) {
    fail(ExitCode::kUsage, "--output {} is the input itself; give another name", output);
  }
}

void require(const std::string& name, const std::string& value) {
  if (value.empty()) {
    fail(ExitCode::kUsage, "--{} is missing", name);
  }
}

}  // namespace tessera::app
