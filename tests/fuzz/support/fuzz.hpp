// What fuzz targets share: the input as a stream of small choices, a file where there is no disk,
// and what counts as a finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "tessera/base/error.hpp"

namespace tessera::fuzz {

[[noreturn]] inline void finding(std::string_view what) {
  std::fprintf(stderr, "finding: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

inline void expect(bool holds, std::string_view what) {
  if (!holds) {
    finding(what);
  }
}

/// Runs `action`, which may throw an Error, as bad input makes it do; returns its text, or nothing.
/// An Error that blames the program or the machine, or any other exception, is a finding.
template <typename Action>
std::string error_of(const Action& action) {
  try {
    action();
    return {};
  } catch (const Error& error) {
    expect(error.code() != ExitCode::kInternal && error.code() != ExitCode::kUnfit, error.what());
    expect(*error.what() != '\0', "an error without a word");
    return error.what();
  }
}

/// The input's bytes, taken from the front; zeros when there are no more.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  std::uint8_t byte() {
    if (bytes_.empty()) {
      return 0;
    }
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  /// Less than `count`, which is at most 256.
  std::size_t below(std::size_t count) { return byte() % count; }
  /// What is left.
  [[nodiscard]] std::string_view rest() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

/// A folder of this process in memory, made when first asked for; the system's temporary folder
/// stands in where there is none.
[[nodiscard]] const std::string& scratch_folder();

/// A file in that folder, removed at the end.
class ScratchFile {
 public:
  explicit ScratchFile(std::string_view content) : path_(scratch_folder() + "/input") {
    std::FILE* const file = std::fopen(path_.c_str(), "wb");
    expect(file != nullptr, "no scratch file");
    expect(std::fwrite(content.data(), 1, content.size(), file) == content.size(), "short write");
    std::fclose(file);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { std::remove(path_.c_str()); }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tessera::fuzz
