/// \file
/// The file that a log is appended to. Private to src/app.
#pragma once

#include <spdlog/sinks/sink.h>

#include <functional>
#include <string>

namespace tessera::app {

/// Opens `path` for appending. What is no file works where lines can go to it: a pipe that somebody
/// reads, /dev/stderr, /dev/null. Throws kCannotCreate if it cannot be opened, at once.
///
/// A line that cannot be written calls `on_loss` with the reason, the first time; what can be
/// written later is.
[[nodiscard]] spdlog::sink_ptr open_log_file(
    const std::string& path, const std::function<void(const std::string& reason)>& on_loss);

}  // namespace tessera::app
