/// \file
/// What the program asks of its process before anything else. Private to src/app.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tessera::app {

/// To be called at the very start of main, before any file is opened and any thread started.
///
/// Standard descriptors that are closed are opened to nothing, so that no file gets their number
/// and is written into by a message: the input and the output such that their use fails with
/// EBADF, as it would have. Writing to a pipe that nobody reads, or beyond the limit on the size of
/// files, fails with EPIPE and EFBIG instead of ending the process. A limit on processor time
/// leaves a second between its warning (SIGXCPU) and its end (SIGKILL), for clearing up.
void prepare_process();

/// Writes all of `text` to the standard error; what does not get there is lost.
void say_on_stderr(std::string_view text);

/// Writes all of `text` to the standard output, now. Returns errno, 0 if it went well.
[[nodiscard]] int write_output(std::string_view text);

/// 0, or errno if it is known already that nothing can be written to the standard output: it is
/// closed, a device that is full, or a pipe that nobody reads.
[[nodiscard]] int output_trouble();

/// The descriptor, 1 or 2, of the standard stream that leads to the file or device `path`.
[[nodiscard]] std::optional<int> standard_stream(const std::string& path);

/// Throws kIo about a failure of the standard output; nothing if `error` is 0.
void check_output(int error);

}  // namespace tessera::app
