/// \file
/// Temporary files of a process that a signal ends. Private to src/io.
#pragma once

#include <string>

namespace tessera::io {

/// From now on a signal that ends the process (call_before_ending) removes `path` first. Best done
/// before the file exists. Beyond eight files at once, or for a path of PATH_MAX bytes and more, it
/// does nothing: the file is then left behind by a signal.
void unlink_if_interrupted(const std::string& path);

/// Takes that back, once for each time it was said: the file is gone, or has become what it was to
/// become.
void keep_if_interrupted(const std::string& path);

}  // namespace tessera::io
