/// \file
/// The one error type of the program, and the exit codes it leaves with.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "tessera/base/visible.hpp"

namespace tessera {

/// Exit codes, after sysexits(3). They are documented in the README and never change meaning.
enum class ExitCode : int {
  kOk = 0,
  kUsage = 64,         ///< unknown job or option, value out of range
  kBadData = 65,       ///< the input is there but cannot be used as it is
  kNoInput = 66,       ///< an input is missing or unreadable
  kUnfit = 69,         ///< the environment cannot run the job
  kInternal = 70,      ///< a bug in Tessera
  kCannotCreate = 73,  ///< an output cannot be created
  kIo = 74,            ///< reading or writing failed half-way
  kStopped = 75,       ///< stopped early with a checkpoint; the same command goes on
  kConfig = 78,        ///< a configuration file cannot be used
};

/// What every layer throws. The text says which file, row, column and value are concerned, where
/// they apply, and what to do; it is printed once for the whole job, and is made visible() here.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message, std::string about = {})
      : std::runtime_error(visible(message)), code_(code), about_(std::move(about)) {}

  [[nodiscard]] ExitCode code() const { return code_; }

  /// Name of the field (fields.hpp) that is concerned, as "max_iterations"; may be empty. The text
  /// itself knows nothing of a command line: a program that has one adds the option's name, and a
  /// text that begins with the field's name is made to begin with the option's.
  [[nodiscard]] const std::string& about() const { return about_; }

 private:
  ExitCode code_;
  std::string about_;
};

/// Throws an Error whose text is formatted like fmt::format.
template <typename... Args>
[[noreturn]] void fail(ExitCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

/// The same, about the field called `about`.
template <typename... Args>
[[noreturn]] void fail_about(std::string_view about, ExitCode code,
                             fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...), std::string(about));
}

}  // namespace tessera
