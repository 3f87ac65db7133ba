/// \file
/// What a person sees. Only the root rank writes. Logs, warnings and progress go to stderr (and to
/// --log-file), the results of a job to stdout; under --json stdout carries the JSON object alone.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tessera/base/visible.hpp"
#include "tessera/comm/communicator.hpp"

namespace spdlog {
class logger;
}

namespace tessera::app {

class Console {
 public:
  struct Settings {
    bool quiet = false;    ///< no information, no progress, no results; warnings and errors remain
    bool verbose = false;  ///< debug lines too
    bool json = false;     ///< no results for people on stdout
    std::string log_file;  ///< the log is also appended here, with debug lines; empty for none
    std::string program = "tessera";  ///< what an error line begins with, such as "tessera train"
  };
  /// Collective. Throws kCannotCreate if the log file cannot be opened.
  Console(const comm::Communicator& comm, const Settings& settings);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  template <typename... Args>
  void info(fmt::format_string<Args...> format, Args&&... args) {
    log_info(visible_format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void debug(fmt::format_string<Args...> format, Args&&... args) {
    log_debug(visible_format(format, std::forward<Args>(args)...));
  }
  template <typename... Args>
  void warn(fmt::format_string<Args...> format, Args&&... args) {
    log_warning(visible_format(format, std::forward<Args>(args)...));
  }
  /// Several lines of our own, in which values of others are visible() already.
  void info_lines(const std::string& text) { log_info(text); }
  void debug_lines(const std::string& text) { log_debug(text); }
  /// "tessera JOB: error: message": the one line that a failed job ends with.
  void error(const std::string& message);

  /// A line (or several) of results, to stdout; nothing under --quiet or --json.
  void print(std::string_view text);
  /// The same under --quiet too: for a result that the user asked for by its name.
  void answer(std::string_view text);
  /// errno of the first line of results that could not be written; 0 if there is none.
  [[nodiscard]] int output_error() const { return output_error_; }

  /// True where the output should be drawn for a person at a terminal: stderr is one, not quiet.
  [[nodiscard]] bool is_terminal() const { return terminal_; }

  /// Shows how far a long step is: a bar on a terminal (at most ten times a second), in a batch log
  /// a line now and then (at most every ten seconds). Not collective; ranks other than the root
  /// may call it for nothing.
  void progress(std::string_view step, std::uint64_t done, std::uint64_t total);

 private:
  void log_info(const std::string& text);
  void log_debug(const std::string& text);
  void log_warning(const std::string& text);
  void draw_bar(std::uint64_t done, std::uint64_t total, double seconds);
  void clear_bar();

  bool root_;
  Settings settings_;
  bool terminal_ = false;
  bool bar_shown_ = false;
  int output_error_ = 0;
  std::string step_;
  std::chrono::steady_clock::time_point step_start_;
  std::chrono::steady_clock::time_point last_progress_;
  std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace tessera::app
