/// \file
/// The one error type of the program, and the exit codes it leaves with.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

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
/// they apply, and what to do; it is printed once for the whole job.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}

  [[nodiscard]] ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// Throws an Error whose text is formatted like fmt::format.
template <typename... Args>
[[noreturn]] void fail(ExitCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace tessera
