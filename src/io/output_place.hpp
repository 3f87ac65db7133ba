/// \file
/// Where an output is written until it is whole. Private to src/io.
#pragma once

#include <sys/types.h>

#include <string>

#include "tessera/io/file.hpp"

namespace tessera::io {

/// The folder that a path leads into; "." if it names none.
[[nodiscard]] std::string folder_of(const std::string& path);

/// Where an output called `path` is to appear: behind symbolic links, so that none is replaced by a
/// file. Throws kCannotCreate if no file can have this name, and as follow_links().
[[nodiscard]] std::string check_target(const std::string& path);

struct HiddenFile {
  std::string name;
  Descriptor fd;
};

/// Creates `.NAME.XXXXXXXXXXXXXXXX.part` beside `target`, and holds a lock on it, by which others
/// know that it has an owner; gone with a signal that ends the process. `path` is for messages.
/// Removes what earlier owners, who were killed, have left behind there: files of such a name that
/// belong to this user and that nobody has locked. Throws kCannotCreate.
[[nodiscard]] HiddenFile create_hidden_file(const std::string& target, const std::string& path,
                                            mode_t mode);

/// Throws kIo about an output, for a reason known as `error`.
[[noreturn]] void fail_to_write(const std::string& path, int error);

}  // namespace tessera::io
